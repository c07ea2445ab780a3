-- One row per city and year: the six months in a row, within the year, whose mean of daily maximum 8-hour ozone is highest
-- (peak season, WHO global air quality guidelines 2021). A window counts when each of its months is valid.
with months as (

    select
        days.region_code,
        days.region_level,
        cast(date_trunc('year', days.local_date) as date) as year_start,
        cast(date_trunc('month', days.local_date) as date) as month_start,
        cast(extract(month from days.local_date) as integer) as month_number,
        sum(days.o3_mda8_ug_m3) as total,
        count(days.o3_mda8_ug_m3) as days_valid,
        {{ month_is_valid(
            'count(days.o3_mda8_ug_m3)',
            "last_day(cast(date_trunc('month', days.local_date) as date)) - cast(date_trunc('month', days.local_date) as date) + 1",
            "cast(date_trunc('month', days.local_date) as date)"
        ) }} as is_valid
    from {{ ref('air_city_day') }} as days
    left join {{ ref('dim_edition') }} as editions
        on editions.edition = 'in-force'
        and days.local_date between editions.applies_from and editions.applies_to
    group by
        days.region_code, days.region_level, cast(date_trunc('year', days.local_date) as date),
        cast(date_trunc('month', days.local_date) as date), extract(month from days.local_date),
        editions.february_min_days, editions.month_min_days

),

years as (

    select distinct region_code, region_level, year_start from months

),

windows as (

    select
        years.region_code,
        years.region_level,
        years.year_start,
        firsts.first_month,
        {{ mean_of('sum(members.total)', 'sum(members.days_valid)') }} as mean,
        coalesce(sum(members.days_valid), 0) as days_valid,
        count(members.month_number) = 6 and coalesce(bool_and(members.is_valid), false) as is_valid
    from years
    cross join ({{ numbers(1, 7, 'first_month') }}) as firsts
    left join months as members
        on members.region_code = years.region_code
        and members.year_start = years.year_start
        and members.month_number between firsts.first_month and firsts.first_month + 5
    group by years.region_code, years.region_level, years.year_start, firsts.first_month

),

ranked as (

    select
        *,
        row_number() over (
            partition by region_code, year_start order by is_valid desc, mean desc, first_month
        ) as nth,
        count(*) filter (where is_valid) over (partition by region_code, year_start) as windows_valid
    from windows

)

select
    region_code,
    region_level,
    'year' as period_type,
    year_start as period_start,
    cast(windows_valid as integer) as windows_valid,
    case when is_valid then first_month end as first_month,
    case when is_valid then mean end as o3_mda8_ug_m3,
    cast(case when is_valid then days_valid else 0 end as integer) as days_valid
from ranked
where nth = 1
