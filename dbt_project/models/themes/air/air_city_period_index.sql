{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- One row per city, edition and period: composite index Σ w·C/S, its largest part, and the rank among the province's
-- cities (on the unrounded index; equal indexes tie).
with parts as (

    select
        items.region_code,
        items.region_level,
        editions.edition,
        editions.rulebook,
        items.period_type,
        items.period_start,
        items.period_end,
        items.pollutant,
        items.is_valid,
        items.days_valid,
        items.days_expected,
        weights.weight,
        cast(
            cast(case weights.statistic when 'mean' then items.mean when 'p95' then items.p95 else items.p90 end as double)
            / cast(limits.grade2 as double) as decimal(18, 9)
        ) as part
    from {{ ref('air_city_period_item') }} as items
    inner join {{ ref('dim_edition') }} as editions
        on items.period_end between editions.applies_from and editions.applies_to
    inner join {{ ref('air_ranking_weights') }} as weights
        on weights.ranking_edition = editions.ranking_edition
        and weights.pollutant = items.pollutant
    inner join {{ ref('air_limits') }} as limits
        on limits.limits_edition = editions.limits_edition
        and limits.pollutant = items.pollutant
        and limits.averaging = weights.limit_averaging
    where {{ period_scope('items') }}

),

summed as (

    select
        region_code,
        region_level,
        edition,
        rulebook,
        period_type,
        period_start,
        period_end,
        min(days_valid) as days_valid,
        max(days_expected) as days_expected,
        count(*) filter (where is_valid) as pollutants_valid,
        case when count(*) filter (where is_valid) = 6 then sum(cast(part * weight as decimal(18, 9))) end as composite_index,
        case when count(*) filter (where is_valid) = 6 then max(part) end as largest_part,
        case when count(*) filter (where is_valid) = 6 then arg_max(pollutant, (part, pollutant)) end as largest_pollutant
    from parts
    group by region_code, region_level, edition, rulebook, period_type, period_start, period_end

)

select
    summed.region_code,
    summed.region_level,
    regions.parent_code as province_code,
    summed.edition,
    summed.rulebook,
    summed.period_type,
    summed.period_start,
    summed.period_end,
    summed.days_valid,
    summed.days_expected,
    summed.pollutants_valid,
    summed.composite_index,
    summed.largest_part,
    summed.largest_pollutant,
    case when summed.region_level = 'city' and summed.composite_index is not null then
        rank() over (
            partition by
                summed.region_level, regions.parent_code, summed.edition, summed.period_type, summed.period_start,
                summed.composite_index is null
            order by summed.composite_index
        )
    end as composite_rank,
    count(summed.composite_index) over (
        partition by summed.region_level, regions.parent_code, summed.edition, summed.period_type, summed.period_start
    ) as cities_ranked
from summed
left join {{ ref('regions') }} as regions
    on regions.region_code = summed.region_code
