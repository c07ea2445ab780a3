-- One row per city of the Delta and natural day: from the national stations where the air theme has the city's day, else
-- from what its province shares. The two are never mixed within a day.
-- depends on, through air_city_day and its macros: {{ ref('dim_station') }}
with register as ({{ newest_rows('yangtze_delta__station_register', scope=false) }}),

places as (

    select station_code, substr(region_code, 1, 4) || '00' as region_code from register where kind = 'air'

),

points as (

    select
        places.region_code,
        days.month,
        count(distinct days.station_code) as points
    from {{ ref('yangtze_delta_station_day') }} as days
    inner join places
        on places.station_code = days.station_code
    group by places.region_code, days.month

),

sums as (

    select
        places.region_code,
        days.local_date,
        days.month,
        sum(days.pm25_ug_m3) as pm25_sum,
        count(days.pm25_ug_m3) as pm25_points,
        sum(days.o3_mda8_ug_m3) as o3_sum,
        count(days.o3_mda8_ug_m3) as o3_points
    from {{ ref('yangtze_delta_station_day') }} as days
    inner join places
        on places.station_code = days.station_code
    group by places.region_code, days.local_date, days.month

),

shared as (

    select
        sums.region_code,
        sums.local_date,
        case when {{ enough_points('sums.pm25_points', 'points.points') }}
            then {{ mean_of('sums.pm25_sum', 'sums.pm25_points') }} end as pm25_ug_m3,
        case when {{ enough_points('sums.o3_points', 'points.points') }}
            then {{ mean_of('sums.o3_sum', 'sums.o3_points') }} end as o3_mda8_ug_m3
    from sums
    inner join points
        on points.region_code = sums.region_code and points.month = sums.month
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force'
        and sums.local_date between editions.applies_from and editions.applies_to

),

national as (

    select region_code, local_date, pm25_ug_m3, o3_mda8_ug_m3
    from {{ ref('air_city_day') }}
    where region_level = 'city'

),

cities as (

    select region_code from {{ ref('regions') }} where region_level = 'city' and valid_to is null

),

days as (

    select region_code, local_date, 'national' as source, pm25_ug_m3, o3_mda8_ug_m3 from national
    union all
    select shared.region_code, shared.local_date, 'shared' as source, shared.pm25_ug_m3, shared.o3_mda8_ug_m3
    from shared
    left join national
        on national.region_code = shared.region_code and national.local_date = shared.local_date
    where national.region_code is null

)

select
    days.region_code,
    days.local_date,
    days.source,
    days.pm25_ug_m3,
    days.o3_mda8_ug_m3,
    {{ half_even('days.o3_mda8_ug_m3') }} > limits.grade2 as o3_exceeds
from days
inner join cities
    on cities.region_code = days.region_code
left join {{ ref('dim_edition') }} as editions
    on editions.edition = 'in-force'
    and days.local_date between editions.applies_from and editions.applies_to
left join {{ ref('air_limits') }} as limits
    on limits.limits_edition = editions.limits_edition
    and limits.pollutant = 'o3'
    and limits.averaging = 'daily_max_8h'
