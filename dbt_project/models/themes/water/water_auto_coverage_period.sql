-- One row per city or province and period: sections of county control and above, and those that sent automatic data.
with members as (

    select members.region_code, members.region_level, members.station_code
    from {{ ref('water_group_member') }} as members
    inner join {{ ref('water_section') }} as sections
        on sections.station_code = members.station_code
    where members.region_level in ('city', 'province') and sections.control_level in ('国控', '省控', '市控', '县控')

)

select
    members.region_code,
    members.region_level,
    periods.period_type,
    periods.period_start,
    count(*) as sections_controlled,
    count(automatic.station_code) as sections_automatic,
    {{ mean_of('count(automatic.station_code) * 100', 'count(*)') }} as coverage_share
from members
inner join {{ ref('dim_period') }} as periods
    on periods.theme = 'water'
left join {{ ref('water_auto_period') }} as automatic
    on automatic.station_code = members.station_code
    and automatic.period_type = periods.period_type
    and automatic.period_start = periods.period_start
group by members.region_code, members.region_level, periods.period_type, periods.period_start
