-- One row per city (or the province) and period: what was recorded in it. Every city of the province stands in every
-- period; the province sums its cities up.
{% set sums = ['inspections', 'inspections_by_clue', 'inspections_with_problem', 'penalties', 'fines_10k_yuan',
               'cameras', 'cameras_online', 'key_area_km2', 'covered_km2', 'sorties', 'sortie_problems',
               'permit_reports', 'permit_reports_in_time', 'obd_days', 'obd_days_online', 'passages', 'passages_failed'] %}
with cities as (

    select region_code, parent_code
    from {{ ref('regions') }}
    where region_level = 'city' and parent_code = '330000' and valid_to is null

),

members as (

    -- which cities a region consists of
    select region_code, 'city' as region_level, region_code as city_code from cities
    union all
    select parent_code as region_code, 'province' as region_level, region_code as city_code from cities

),

periods as (

    select period_type, period_start, period_end from {{ ref('dim_period') }} where theme = 'enforcement'

),

places as (

    select distinct
        members.region_code,
        members.region_level,
        periods.period_type,
        periods.period_start,
        periods.period_end
    from members
    cross join periods

),

recorded as (

    select
        members.region_code,
        periods.period_type,
        periods.period_start,
        {% for column in sums -%}
        sum(days.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('enforcement_city_day') }} as days
    inner join members
        on members.city_code = days.city_code
    inner join periods
        on days.local_date between periods.period_start and periods.period_end
    group by members.region_code, periods.period_type, periods.period_start

),

clues as (

    select
        members.region_code,
        periods.period_type,
        periods.period_start,
        count(*) as clues,
        count(*) filter (where clues.is_judged) as clues_judged,
        count(*) filter (where clues.is_confirmed) as clues_confirmed,
        count(clues.handling_h) as clues_timed,
        {{ percentile('clues.handling_h', 0.5) }} as handling_median_h
    from {{ ref('enforcement_clue') }} as clues
    inner join members
        on members.city_code = clues.city_code
    inner join periods
        on clues.found_on between periods.period_start and periods.period_end
    group by members.region_code, periods.period_type, periods.period_start

),

outlets as (

    select
        members.region_code,
        periods.period_type,
        periods.period_start,
        count(*) as outlet_days,
        count(*) filter (where days.hours_received > 0) as outlet_days_online,
        sum(days.hours_expected) as hours_expected,
        sum(days.hours_received) as hours_received,
        sum(days.hours_stopped) as hours_stopped,
        sum(days.hours_valid) as hours_valid
    from {{ ref('enforcement_outlet_day') }} as days
    inner join members
        on members.city_code = days.city_code
    inner join periods
        on days.local_date between periods.period_start and periods.period_end
    group by members.region_code, periods.period_type, periods.period_start

)

select
    places.region_code,
    places.region_level,
    places.period_type,
    places.period_start,
    places.period_end,
    coalesce(clues.clues, 0) as clues,
    coalesce(clues.clues_judged, 0) as clues_judged,
    coalesce(clues.clues_confirmed, 0) as clues_confirmed,
    coalesce(clues.clues_timed, 0) as clues_timed,
    clues.handling_median_h,
    {% for column in sums -%}
    cast(coalesce(recorded.{{ column }}, 0) as {{ 'decimal(18,4)' if 'km2' in column or 'yuan' in column else 'bigint' }}) as {{ column }},
    {% endfor -%}
    coalesce(outlets.outlet_days, 0) as outlet_days,
    coalesce(outlets.outlet_days_online, 0) as outlet_days_online,
    cast(coalesce(outlets.hours_expected, 0) as bigint) as hours_expected,
    cast(coalesce(outlets.hours_received, 0) as bigint) as hours_received,
    cast(coalesce(outlets.hours_stopped, 0) as bigint) as hours_stopped,
    cast(coalesce(outlets.hours_valid, 0) as bigint) as hours_valid
from places
left join recorded using (region_code, period_type, period_start)
left join clues using (region_code, period_type, period_start)
left join outlets using (region_code, period_type, period_start)
