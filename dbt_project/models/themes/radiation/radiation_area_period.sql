-- Measures of stations, cities and the province by period: dose rate with and without cosmic response, data return, days
-- above the background in dry weather, electromagnetic compliance, results around nuclear plants.
with days as ({{ by_area_and_period(ref('radiation_station_day'), 'members.local_date', 'radiation', point='station_code') }}),

starts as (

    select station_code, min(local_date) as first_date from {{ ref('radiation_station_day') }} group by station_code

),

stations as (

    -- A station owes data from its first day on.
    select
        days.station_code,
        days.cosmic_response,
        days.area_code,
        days.area_level,
        days.period_type,
        days.period_start,
        days.period_end,
        days.days_expected,
        days.months_expected,
        days.months_fed,
        days.period_end - greatest(days.period_start, starts.first_date) + 1 as days_owed,
        sum(days.intervals_valid) as intervals_valid,
        count(days.gamma_ngy_h) as days_valid,
        {{ mean_of('sum(days.gamma_ngy_h)', 'count(days.gamma_ngy_h)') }} as gamma_ngy_h,
        count(days.hours_above_dry) as days_judged,
        count(*) filter (where days.hours_above_dry > 0) as days_above_dry,
        count(*) filter (where days.hours_above_wet > 0) as days_above_wet
    from days
    inner join starts
        on starts.station_code = days.station_code
    group by
        days.station_code, days.cosmic_response, days.area_code, days.area_level, days.period_type, days.period_start,
        days.period_end, days.days_expected, days.months_expected, days.months_fed, starts.first_date

),

gamma as (

    select
        stations.*,
        coalesce(stations.days_valid >= period_min_return.value * stations.days_owed, false) as is_valid
    from stations
    {{ rule_join(ref('radiation_rules'), 'period_min_return', 'stations.period_end') }}

),

responses as (

    -- The province is spoken of in both series, also when no station keeps one of them.
    select cosmic_response, area_code, area_level, period_type, period_start, period_end, days_expected, months_expected,
        months_fed, days_valid, days_owed, gamma_ngy_h, is_valid
    from gamma
    union all
    select distinct kinds.cosmic_response, gamma.area_code, gamma.area_level, gamma.period_type, gamma.period_start,
        gamma.period_end, gamma.days_expected, gamma.months_expected, gamma.months_fed, 0, 0, cast(null as decimal(18, 9)), false
    from gamma
    cross join (values ('included'), ('subtracted')) as kinds (cosmic_response)
    where gamma.area_level = 'province'

),

visits as (

    select station_code, region_code, visited_on, bool_and(is_within) as is_within
    from {{ ref('radiation_em_sample') }}
    where value is not null
    group by station_code, region_code, visited_on

),

em as ({{ by_area_and_period('visits', 'members.visited_on', 'radiation') }}),

samples as (

    -- The plants' surroundings cross borders of cities: their results speak for the province.
    select
        '330000' as region_code,
        nuclide,
        activity,
        detection_limit,
        cast({{ local_time('interval_start_at') }} as date) as sampled_on
    from ({{ newest_rows('ecology__nuclear_supervision') }}) as rows

),

nuclear as ({{ by_area_and_period('samples', 'members.sampled_on', 'radiation') }})

{% for cosmic in ['included', 'subtracted'] -%}
{{ measure('radiation_gamma_mean_' ~ cosmic, 'responses', 'sum(gamma_ngy_h) filter (where is_valid)', 'count(*) filter (where is_valid)',
           inputs='sum(days_valid)', expected='sum(days_owed)', enough='bool_or(is_valid)',
           reason="case when sum(days_owed) = 0 then 'no_station' else 'too_few_days: ' || sum(days_valid) || ' of ' || sum(days_owed) end", where="cosmic_response = '" ~ cosmic ~ "'") }}
union all
{% endfor -%}
{{ measure('radiation_data_return', 'gamma', 'sum(intervals_valid)', 'sum(days_owed) * 288', 100, inputs='sum(days_valid)',
           expected='sum(days_owed)') }}
union all
{{ measure('radiation_dry_abnormal_share', 'gamma', 'sum(days_above_dry)', 'sum(days_judged)', 100, inputs='sum(days_judged)',
           expected='sum(days_owed)') }}
union all
{{ measure('radiation_wet_abnormal_share', 'gamma', 'sum(days_above_wet)', 'sum(days_judged)', 100, inputs='sum(days_judged)',
           expected='sum(days_owed)') }}
union all
{{ measure('radiation_em_compliance', 'em', 'count(*) filter (where is_within)', 'count(*)', 100, where="period_type <> 'month'") }}
union all
{{ measure('radiation_nuclear_results', 'nuclear', 'count(*)', where="area_level = 'province' and period_type <> 'month'",
           inputs='count(*)') }}
union all
{{ measure('radiation_nuclear_cs137_detected', 'nuclear', 'count(activity)', 'count(*)', 100,
           where="area_level = 'province' and nuclide = 'Cs-137' and period_type <> 'month'") }}
