{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- One row per city, edition, period and statistic that a limit applies to: the rounded value against the limit
-- (GB/T 8170, comparison by the rounded value).
with judged as (

    select
        items.region_code,
        items.region_level,
        editions.edition,
        editions.rulebook,
        items.period_type,
        items.period_start,
        items.period_end,
        items.pollutant,
        rules.statistic,
        rules.percentile,
        items.is_valid,
        case
            when rules.statistic = 'mean' then items.mean
            when rules.percentile = 0.90 then items.p90
            when rules.percentile = 0.95 then items.p95
            when rules.percentile = 0.98 then items.p98
        end as value,
        limits.grade2 as limit_grade2
    from {{ ref('air_city_period_item') }} as items
    inner join {{ ref('dim_edition') }} as editions
        on items.period_end between editions.applies_from and editions.applies_to
    inner join {{ ref('air_statistics') }} as rules
        on rules.assessment_edition = editions.assessment_edition
        and rules.pollutant = items.pollutant
    inner join {{ ref('air_limits') }} as limits
        on limits.limits_edition = editions.limits_edition
        and limits.pollutant = items.pollutant
        and limits.averaging = rules.averaging
    where {{ period_scope('items') }}

),

rounded as (

    select
        judged.*,
        case when is_valid then
            case when pollutant = 'co' then {{ half_even('value', 1) }} else {{ half_even('value', 0) }} end
        end as value_rounded
    from judged

)

select
    region_code,
    region_level,
    edition,
    rulebook,
    period_type,
    period_start,
    period_end,
    pollutant,
    statistic,
    percentile,
    is_valid,
    value,
    value_rounded,
    limit_grade2,
    value_rounded <= limit_grade2 as attained,
    case when value_rounded > limit_grade2 then {{ mean_of('value_rounded - limit_grade2', 'limit_grade2') }} else
        case when value_rounded is not null then cast(0 as decimal(18, 9)) end
    end as exceedance_multiple
from rounded
