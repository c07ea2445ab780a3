-- One row per region and period: rooftop photovoltaics and data centres of the months in it, and the green factories and parks
-- named up to its last day.
with roofs as (

    {{ newest_rows('resources__rooftop_pv') }}

),

centres as (

    {{ newest_rows('resources__green_data_centres') }}

),

factories as (

    {{ newest_rows('resources__green_factories') }}

),

parks as (

    {{ newest_rows('resources__green_parks') }}

),

members as (

    {{ members_of_regions() }}

),

periods as (

    select * from {{ ref('dim_period') }} where theme = 'resources'

),

monthly as (

    select 'roof' as kind, region_code, interval_start_at, region_code as source_code, buildings as whole, buildings_with_pv as part,
        capacity_kw, cast(null as decimal(18, 2)) as green_kwh
    from roofs
    union all
    -- electricity without its share for the machines, or the other way round, tells no efficiency
    select 'centre' as kind, region_code, interval_start_at, centre_code,
        case when it_electricity_kwh is not null then electricity_kwh end,
        case when electricity_kwh is not null then it_electricity_kwh end,
        null, green_electricity_kwh
    from centres

),

sums as (

    select
        members.region_code,
        members.region_level,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.months_expected,
        count(monthly.whole * monthly.part) filter (where monthly.kind = 'roof') as roof_reports,
        cast(sum(case when monthly.kind = 'roof' and monthly.part is not null then monthly.whole end) as bigint) as buildings,
        cast(sum(case when monthly.kind = 'roof' and monthly.whole is not null then monthly.part end) as bigint) as buildings_with_pv,
        cast(sum(monthly.capacity_kw) as decimal(18, 4)) as capacity_kw,
        count(monthly.whole) filter (where monthly.kind = 'centre') as centre_reports,
        count(*) filter (where monthly.kind = 'centre') as centre_rows,
        cast(sum(case when monthly.kind = 'centre' then monthly.whole end) as decimal(20, 2)) as electricity_kwh,
        cast(sum(case when monthly.kind = 'centre' then monthly.part end) as decimal(20, 2)) as it_electricity_kwh,
        cast(sum(case when monthly.kind = 'centre' and monthly.whole is not null then monthly.green_kwh end) as decimal(20, 2))
            as green_electricity_kwh
    from monthly
    inner join members
        on members.member_code = monthly.region_code
    inner join periods
        on {{ local_day('monthly.interval_start_at') }} between periods.period_start and periods.period_end
    group by all

),

named as (

    select
        members.region_code,
        members.region_level,
        periods.period_type,
        periods.period_start,
        count(distinct case when awards.kind = 'factory' then awards.credit_code end) as factories,
        count(distinct case when awards.kind = 'park' then awards.credit_code end) as parks
    from (
        select 'factory' as kind, region_code, credit_code, interval_start_at from factories
        union all
        select 'park' as kind, region_code, credit_code, interval_start_at from parks
    ) as awards
    inner join members
        on members.member_code = awards.region_code
    inner join periods
        on {{ local_day('awards.interval_start_at') }} <= periods.period_end
    group by members.region_code, members.region_level, periods.period_type, periods.period_start

),

counties as (

    select
        periods.period_type,
        periods.period_start,
        members.region_code,
        count(*) as counties
    from periods
    inner join members
        on periods.period_end between members.valid_from and members.valid_to and members.member_level = 'county'
    group by periods.period_type, periods.period_start, members.region_code

)

select
    coalesce(sums.region_code, named.region_code) as region_code,
    coalesce(sums.region_level, named.region_level) as region_level,
    coalesce(sums.period_type, named.period_type) as period_type,
    coalesce(sums.period_start, named.period_start) as period_start,
    coalesce(sums.roof_reports, 0) as roof_reports,
    coalesce(counties.counties * sums.months_expected, 0) as roof_reports_expected,
    sums.buildings,
    sums.buildings_with_pv,
    sums.capacity_kw,
    coalesce(sums.centre_reports, 0) as centre_reports,
    coalesce(sums.centre_rows, 0) as centre_rows,
    sums.electricity_kwh,
    sums.it_electricity_kwh,
    sums.green_electricity_kwh,
    coalesce(named.factories, 0) as factories,
    coalesce(named.parks, 0) as parks
from sums
full join named
    on named.region_code = sums.region_code
    and named.period_type = sums.period_type
    and named.period_start = sums.period_start
left join counties
    on counties.region_code = sums.region_code
    and counties.period_type = sums.period_type
    and counties.period_start = sums.period_start
