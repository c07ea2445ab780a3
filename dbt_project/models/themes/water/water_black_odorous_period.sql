-- One row per city or province and period: inspected urban waters by their last inspection of the period, and how many are
-- black and odorous (any of the four measures beyond the guide's bounds).
with visits as (

    {{ newest_rows('water__black_odorous', scope=false) }}

),

bounds as (

    select
        max(light_from) filter (where item = 'transparency_cm') as transparency_light,
        max(heavy_beyond) filter (where item = 'transparency_cm') as transparency_heavy,
        max(light_from) filter (where item = 'dissolved_oxygen_mg_l') as oxygen_light,
        max(heavy_beyond) filter (where item = 'dissolved_oxygen_mg_l') as oxygen_heavy,
        max(light_from) filter (where item = 'redox_potential_mv') as redox_light,
        max(heavy_beyond) filter (where item = 'redox_potential_mv') as redox_heavy,
        max(light_from) filter (where item = 'nh3n_mg_l') as ammonia_light,
        max(heavy_beyond) filter (where item = 'nh3n_mg_l') as ammonia_heavy
    from {{ ref('water_black_odorous_limits') }}

),

judged as (

    select
        visits.water_body_code,
        visits.region_code,
        visits.stage,
        cast({{ local_time('visits.interval_start_at') }} as date) as inspected_on,
        case
            when visits.transparency_cm < bounds.transparency_heavy or visits.dissolved_oxygen_mg_l < bounds.oxygen_heavy
                or visits.redox_potential_mv < bounds.redox_heavy or visits.nh3n_mg_l > bounds.ammonia_heavy then 2
            when visits.transparency_cm < bounds.transparency_light or visits.dissolved_oxygen_mg_l < bounds.oxygen_light
                or visits.redox_potential_mv < bounds.redox_light or visits.nh3n_mg_l > bounds.ammonia_light then 1
            when visits.transparency_cm is not null and visits.dissolved_oxygen_mg_l is not null
                and visits.redox_potential_mv is not null and visits.nh3n_mg_l is not null then 0
        end as degree
    from visits
    cross join bounds

),

last_visits as (

    select
        judged.*,
        periods.period_type,
        periods.period_start,
        row_number() over (
            partition by judged.water_body_code, periods.period_type, periods.period_start
            order by judged.inspected_on desc
        ) as nth
    from judged
    inner join {{ ref('dim_period') }} as periods
        on judged.inspected_on between periods.period_start and periods.period_end
        and periods.theme = 'water'

),

cities as (

    select
        last_visits.*,
        case when regions.region_level = 'county' then regions.parent_code else regions.region_code end as city_code
    from last_visits
    inner join {{ ref('regions') }} as regions
        on regions.region_code = last_visits.region_code
    where last_visits.nth = 1

),

places as (

    select city_code as place_code, 'city' as place_level, cities.* from cities
    union all
    select regions.parent_code as place_code, 'province' as place_level, cities.*
    from cities
    inner join {{ ref('regions') }} as regions
        on regions.region_code = cities.city_code
    where regions.parent_code is not null

)

select
    place_code as region_code,
    place_level as region_level,
    period_type,
    period_start,
    count(*) as waters,
    count(degree) as waters_judged,
    count(*) filter (where degree >= 1) as waters_black,
    count(*) filter (where degree = 2) as waters_heavy,
    count(*) filter (where stage = '长制久清') as waters_lasting,
    {{ mean_of('count(*) filter (where degree = 0) * 100', 'count(degree)') }} as clean_share
from places
group by place_code, place_level, period_type, period_start
