-- One row per watched lake and period: mean chlorophyll a, days with a bloom and its largest area.
with watched as (

    {{ newest_rows('water__algae_bloom_watch', scope=false) }}

),

days as (

    select
        station_code as lake_code,
        lake_name,
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        max(value) filter (where item = 'chlorophyll_a_ug_l') as chlorophyll_a_ug_l,
        max(value) filter (where item = 'bloom_area_km2') as bloom_area_km2
    from watched
    group by station_code, lake_name, region_code, cast({{ local_time('interval_start_at') }} as date)

)

select
    days.lake_code,
    max(days.lake_name) as lake_name,
    max(days.region_code) as region_code,
    periods.period_type,
    periods.period_start,
    periods.period_end,
    periods.days_expected,
    count(days.chlorophyll_a_ug_l) as chlorophyll_days,
    {{ mean_of('sum(days.chlorophyll_a_ug_l)', 'count(days.chlorophyll_a_ug_l)') }} as chlorophyll_a_ug_l,
    count(days.bloom_area_km2) as area_days,
    count(*) filter (where days.bloom_area_km2 > 0) as bloom_days,
    max(days.bloom_area_km2) as bloom_area_max_km2
from days
inner join {{ ref('dim_period') }} as periods
    on days.local_date between periods.period_start and periods.period_end
    and periods.theme = 'water'
group by days.lake_code, periods.period_type, periods.period_start, periods.period_end, periods.days_expected
