-- One row per registered point and period, also where it sent nothing: energy means of its daily levels, how many days
-- and nights met the limits, and whether there are enough whole days (both Ld and Ln valid).
with periods as (

    select * from {{ ref('dim_period') }} where theme = 'noise'

),

rules as (
    {{ rules_as_columns(ref('noise_rules'), ['month_min_days', 'quarter_min_days']) }}
),

quarters as (

    select
        days.station_code,
        periods.period_type,
        periods.period_start,
        date_trunc('quarter', days.noise_date) as quarter_start,
        count(days.ld_dba) as days_valid,
        count(days.ln_dba) as nights_valid,
        count(days.ldn_dba) as whole_days,
        sum({{ energy('days.ld_dba') }}) as day_energy,
        sum({{ energy('days.ln_dba') }}) as night_energy,
        sum({{ energy('days.ldn_dba') }}) as whole_energy,
        count(*) filter (where days.day_passes) as days_passed,
        count(*) filter (where days.night_passes) as nights_passed,
        count(days.burst_passes) as bursts_judged,
        count(*) filter (where days.burst_passes) as bursts_passed,
        sum(days.day_hours_weather + days.night_hours_weather) as hours_weather
    from {{ ref('noise_point_day') }} as days
    inner join periods
        on days.noise_date between periods.period_start and periods.period_end
    group by days.station_code, periods.period_type, periods.period_start, quarter_start

),

sums as (

    select
        quarters.station_code,
        quarters.period_type,
        quarters.period_start,
        count(*) filter (where quarters.whole_days >= rules.quarter_min_days) as quarters_valid,
        {% for column in ['days_valid', 'nights_valid', 'whole_days', 'day_energy', 'night_energy', 'whole_energy',
                          'days_passed', 'nights_passed', 'bursts_judged', 'bursts_passed', 'hours_weather'] -%}
        sum(quarters.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from quarters
    inner join rules
        on quarters.quarter_start between rules.valid_from and rules.valid_to
    group by quarters.station_code, quarters.period_type, quarters.period_start

),

expected as (

    select
        places.region_code as station_code,
        places.zone_class,
        places.city_code,
        places.province_code,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        date_diff('quarter', periods.period_start, periods.period_end) + 1 as quarters_expected
    from {{ ref('noise_place') }} as places
    inner join periods
        on places.is_active
        and coalesce(places.opened_on, date '0001-01-01') <= periods.period_end

)

select
    expected.station_code,
    expected.zone_class,
    expected.city_code,
    expected.province_code,
    expected.period_type,
    expected.period_start,
    cast(expected.days_expected as bigint) as days_expected,
    {% for column in ['days_valid', 'nights_valid', 'whole_days', 'days_passed', 'nights_passed', 'bursts_judged',
                      'bursts_passed', 'hours_weather'] -%}
    cast(coalesce(sums.{{ column }}, 0) as bigint) as {{ column }},
    {% endfor -%}
    cast(coalesce(sums.quarters_valid, 0) as bigint) as quarters_valid,
    cast(expected.quarters_expected as bigint) as quarters_expected,
    coalesce(
        sums.quarters_valid = expected.quarters_expected
        and (expected.period_type <> 'month' or sums.whole_days >= rules.month_min_days),
        false
    ) as is_valid,
    {{ level_of_mean('sums.day_energy', 'sums.days_valid') }} as ld_dba,
    {{ level_of_mean('sums.night_energy', 'sums.nights_valid') }} as ln_dba,
    {{ level_of_mean('sums.whole_energy', 'sums.whole_days') }} as ldn_dba
from expected
inner join rules
    on expected.period_end between rules.valid_from and rules.valid_to
left join sums
    on sums.station_code = expected.station_code
    and sums.period_type = expected.period_type
    and sums.period_start = expected.period_start
