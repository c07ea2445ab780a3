-- A section's class is the worst class of its items out of the 21, whenever the five basic ones are there.
with expected as (

    select
        station_code,
        period_type,
        period_start,
        max(item_class) as worst,
        count(*) filter (where item in ('ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l')) as basic_items
    from {{ ref('water_section_period_item') }}
    where in_21 and item_class is not null
    group by station_code, period_type, period_start

)

select
    marts.station_code,
    marts.period_type,
    marts.period_start,
    marts.water_class,
    expected.worst
from {{ ref('water_section_period') }} as marts
left join expected
    on expected.station_code = marts.station_code
    and expected.period_type = marts.period_type
    and expected.period_start = marts.period_start
where marts.water_class is distinct from case when expected.basic_items = 5 then expected.worst end
