{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Daily AQI of a city under the edition in force on the day ('in-force') and under every single edition.
with base as (

    select
        days.*,
        editions.edition,
        editions.rulebook as applied_rulebook,
        editions.aqi_edition
    from {{ ref('air_city_day') }} as days
    inner join {{ ref('dim_edition') }} as editions
        on days.local_date between editions.applies_from and editions.applies_to
    where {{ month_scope('days.month') }}

),

indexed as (

    select
        base.region_code,
        base.region_level,
        base.local_date,
        base.month,
        base.edition,
        base.applied_rulebook as rulebook,
        base.aqi_edition,
        {{ largest_iaqi(day_components()) }} as largest_iaqi,
        {{ pollutants_present(day_components()) }} as pollutants_present,
        {{ primary_pollutants(day_components()) }} as primary_pollutants
        {%- for code, _, _ in day_components() %},
        iaqi_{{ code }}.iaqi as iaqi_{{ code }}
        {%- endfor %}
    from base
    {{ iaqi_joins('day', day_components()) }}

),

published as (

    select
        indexed.*,
        {{ published_aqi('largest_iaqi', 'pollutants_present') }} as aqi
    from indexed

)

select
    published.region_code,
    published.region_level,
    published.local_date,
    published.month,
    published.edition,
    published.rulebook,
    published.aqi,
    levels.level,
    levels.zh as level_zh,
    case when published.aqi is not null then published.primary_pollutants end as primary_pollutants,
    published.pollutants_present
    {%- for code, _, _ in day_components() %},
    published.iaqi_{{ code }}
    {%- endfor %}
from published
{{ level_join('published') }}
