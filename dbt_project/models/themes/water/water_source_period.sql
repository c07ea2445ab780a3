-- One row per city or province and period: how many source-months and how many sources meet class III.
with sources as (

    select
        months.station_code,
        case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code,
        periods.period_type,
        periods.period_start,
        count(*) as months_sampled,
        count(months.meets_class3) as months_judged,
        count(*) filter (where months.meets_class3) as months_met
    from {{ ref('water_source_month') }} as months
    inner join {{ ref('regions') }} as regions
        on regions.region_code = months.region_code
    inner join {{ ref('dim_period') }} as periods
        on months.month_start between periods.period_start and periods.period_end
        and periods.theme = 'water'
    group by all

),

places as (

    select city_code as region_code, 'city' as region_level, sources.* from sources
    union all
    select regions.parent_code as region_code, 'province' as region_level, sources.*
    from sources
    inner join {{ ref('regions') }} as regions
        on regions.region_code = sources.city_code
    where regions.parent_code is not null

)

select
    region_code,
    region_level,
    period_type,
    period_start,
    count(*) as sources,
    count(*) filter (where months_judged > 0) as sources_judged,
    count(*) filter (where months_judged > 0 and months_met = months_judged) as sources_met,
    cast(sum(months_sampled) as bigint) as months_sampled,
    cast(sum(months_judged) as bigint) as months_judged,
    cast(sum(months_met) as bigint) as months_met,
    {{ mean_of('count(*) filter (where months_judged > 0 and months_met = months_judged) * 100',
        'count(*) filter (where months_judged > 0)') }} as sources_share,
    {{ mean_of('sum(months_met) * 100', 'sum(months_judged)') }} as samples_share
from places
group by region_code, region_level, period_type, period_start
