-- One row per region and period: warnings issued for it or a place in it.
with warnings as (

    {{ newest_rows('weather__disaster_warning') }}

),

members as (

    {{ members_of_regions() }}

)

select
    members.region_code,
    members.region_level,
    periods.period_type,
    periods.period_start,
    count(*) as warnings,
    count(*) filter (where warnings.warning_level in ('橙色', '红色')) as severe_warnings
from warnings
inner join members
    on members.member_code = warnings.region_code
inner join {{ ref('dim_period') }} as periods
    on {{ local_day('warnings.issued_at') }} between periods.period_start and periods.period_end
    and periods.theme = 'weather'
group by members.region_code, members.region_level, periods.period_type, periods.period_start
