{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Real-time AQI, level and primary pollutants of stations and cities under the edition in force, and under every single
-- edition that var('hour_editions') names.
{% set columns = ['pm25_ug_m3', 'pm10_ug_m3', 'so2_ug_m3', 'no2_ug_m3', 'o3_ug_m3', 'co_mg_m3'] %}
{% set facts = ['region_code', 'region_level', 'interval_start_at', 'month', 'n_points', 'points_share'] %}

with months as (

    {{ months_of('air') }}

),

places as (

    select
        hours.station_code as region_code,
        'station' as region_level,
        hours.interval_start_at,
        hours.month,
        hours.local_date,
        hours.rulebook,
        {% for column in columns -%}
        hours.{{ column }},
        {% endfor -%}
        hours.aqi,
        hours.primary_pollutants,
        hours.pollutants_present,
        null as n_points,
        1.0 as points_share
    from {{ ref('air_station_hour') }} as hours
    where {{ month_scope('hours.month') }}
    union all
    select
        cities.region_code,
        cities.region_level,
        cities.interval_start_at,
        cities.month,
        cities.local_date,
        cities.rulebook,
        {% for column in columns -%}
        cities.{{ column }},
        {% endfor -%}
        cities.aqi,
        cities.primary_pollutants,
        cities.pollutants_present,
        cities.points_valid as n_points,
        cities.points_valid / cities.points as points_share
    from {{ ref('air_city_hour') }} as cities
    where {{ month_scope('cities.month') }}

),

{% if var('hour_editions') -%}
base as (

    select
        {% for column in facts + columns -%}
        places.{{ column }},
        {% endfor -%}
        editions.edition,
        editions.aqi_edition
    from places
    inner join {{ ref('dim_edition') }} as editions
        on editions.edition in ('{{ var("hour_editions") | join("', '") }}')
        and places.local_date between editions.applies_from and editions.applies_to

),

indexed as (
    {{ indexed('hour', hour_components()) }}
),

{% endif -%}
marts as (

    select
        {% for column in facts -%}
        places.{{ column }},
        {% endfor -%}
        'in-force' as edition,
        editions.aqi_edition,
        places.aqi,
        places.primary_pollutants,
        places.pollutants_present
    from places
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force' and editions.rulebook = places.rulebook
    {% if var('hour_editions') -%}
    union all
    select
        {% for column in facts -%}
        {{ column }},
        {% endfor -%}
        edition,
        aqi_edition,
        {{ aqi_columns() }}
    from indexed
    {% endif %}
),

hours as (

    select
        marts.*,
        {{ local_time('marts.interval_start_at') }} as period_start,
        coalesce(marts.n_points, marts.pollutants_present) as n_inputs,
        least(marts.points_share, marts.pollutants_present / 6.0) as coverage,
        levels.level,
        levels.zh as level_zh,
        case when marts.pollutants_present = 0 then 'no_data' else 'missing_pollutants' end as null_reason,
        months.inputs_hash,
        months.is_verified
    from marts
    inner join months
        on months.month = marts.month
    {{ level_join('marts') }}

)

{% for code, value, text in [
    ('air_aqi', 'aqi', 'level_zh'), ('air_aqi_level', 'level', 'level_zh'),
    ('air_primary_pollutant', count_primary(), 'primary_pollutants'),
] -%}
{{ indicator_rows(
    code, 'hours', 'region_code', 'region_level', "'hour'", 'period_start', value, 'coverage',
    'n_inputs', 'inputs_hash', 'month', edition='edition', text=text, null_reason='null_reason', verified='is_verified'
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
