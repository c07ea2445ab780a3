-- The Delta by period: comparable numbers of its cities, joint ozone episodes, and by month how its partners deliver.
with inputs as (

    {{ periods_of('yangtze_delta') }}

),

city_rows as ({{ with_inputs(ref('yangtze_delta_city_period')) }}),

cities as (

    select
        *,
        days_national || ' of ' || greatest(pm25_days, o3_days, days_national) || ' days from national stations' as source_words
    from city_rows

),

expected as (

    select count(*) as cities from {{ ref('regions') }} where region_level = 'city' and valid_to is null

),

delta as (

    select
        cities.period_type,
        cities.period_start,
        cities.inputs_hash,
        cities.month,
        cities.is_verified,
        expected.cities as cities_expected,
        count(*) filter (where cities.pm25_is_valid) as cities_valid,
        {{ mean_of('sum(cities.pm25_mean_ug_m3) filter (where cities.pm25_is_valid)',
                   'count(*) filter (where cities.pm25_is_valid)') }} as pm25_mean_ug_m3
    from cities
    cross join expected
    group by
        cities.period_type, cities.period_start, cities.inputs_hash, cities.month, cities.is_verified, expected.cities

),

episodes as (

    select
        inputs.period_type,
        inputs.period_start,
        inputs.days_expected,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        count(days.is_joint) as days_judged,
        count(*) filter (where days.is_joint) as joint_days,
        max(days.cities_exceeding) as cities_most
    from inputs
    inner join {{ ref('yangtze_delta_ozone_day') }} as days
        on days.local_date between inputs.period_start and inputs.period_end
    group by
        inputs.period_type, inputs.period_start, inputs.days_expected, inputs.inputs_hash, inputs.month, inputs.is_verified

),

deliveries as (

    select
        marts.*,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.is_verified,
        least(100, {{ mean_of('marts.values_valid * 100', 'marts.values_expected') }}) as complete_pct,
        {{ mean_of('marts.values_on_time * 100', 'marts.values_received') }} as on_time_pct
    from {{ ref('yangtze_delta_delivery_month') }} as marts
    inner join inputs
        on inputs.period_type = 'month' and inputs.month = marts.month

)

{{ indicator_rows(
    'delta_pm25_mean', 'cities', 'region_code', "'city'", 'period_type', 'period_start',
    'case when pm25_is_valid then ' ~ half_even('pm25_mean_ug_m3', 0) ~ ' end', 'pm25_days / days_expected', 'pm25_days',
    'inputs_hash', 'month', text='source_words', null_reason="'too_few_days: ' || pm25_days || ' of ' || days_expected",
    verified='is_verified', exact='pm25_mean_ug_m3'
) }}
union all
{{ indicator_rows(
    'delta_pm25_mean', 'delta', "'YRD'", "'delta'", 'period_type', 'period_start',
    'case when cities_valid = cities_expected then ' ~ half_even('pm25_mean_ug_m3', 0) ~ ' end',
    'cities_valid / cities_expected', 'cities_valid', 'inputs_hash', 'month',
    null_reason="'cities_missing: ' || cities_valid || ' of ' || cities_expected", verified='is_verified',
    exact='pm25_mean_ug_m3'
) }}
union all
{{ indicator_rows(
    'delta_o3_p90', 'cities', 'region_code', "'city'", 'period_type', 'period_start',
    'case when o3_is_valid then ' ~ half_even('o3_p90_ug_m3', 0) ~ ' end', 'o3_days / days_expected', 'o3_days',
    'inputs_hash', 'month', text='source_words', null_reason="'too_few_days: ' || o3_days || ' of ' || days_expected",
    verified='is_verified', exact='o3_p90_ug_m3'
) }}
union all
{{ indicator_rows(
    'delta_o3_exceedance_days', 'cities', 'region_code', "'city'", 'period_type', 'period_start',
    'case when o3_is_valid then o3_exceedance_days end', 'o3_days / days_expected', 'o3_days', 'inputs_hash', 'month',
    text='source_words', null_reason="'too_few_days: ' || o3_days || ' of ' || days_expected", verified='is_verified'
) }}
union all
{{ indicator_rows(
    'delta_joint_ozone_days', 'episodes', "'YRD'", "'delta'", 'period_type', 'period_start',
    'case when days_judged > 0 then joint_days end', 'days_judged / days_expected', 'days_judged', 'inputs_hash', 'month',
    text="days_judged || ' of ' || days_expected || ' days judged'",
    null_reason="'too_few_cities: no day has enough of them to judge'", verified='is_verified'
) }}
union all
{{ indicator_rows(
    'delta_ozone_cities_most', 'episodes', "'YRD'", "'delta'", 'period_type', 'period_start', 'cities_most',
    'days_judged / days_expected', 'days_judged', 'inputs_hash', 'month', null_reason="'no_days: none is known'",
    verified='is_verified'
) }}
{% for feed in ['air', 'water'] %}
union all
{{ indicator_rows(
    'delta_' ~ feed ~ '_complete_share', 'deliveries', 'source_province', "'province'", 'period_type', 'period_start',
    half_even('complete_pct', 1), '1', 'values_received', 'inputs_hash', 'month',
    null_reason="'no_values: none in the month'", verified='is_verified', exact='complete_pct', where="feed = '" ~ feed ~ "'"
) }}
union all
{{ indicator_rows(
    'delta_' ~ feed ~ '_on_time_share', 'deliveries', 'source_province', "'province'", 'period_type', 'period_start',
    half_even('on_time_pct', 1), '1', 'values_received', 'inputs_hash', 'month',
    null_reason="'no_values: none in the month'", verified='is_verified', exact='on_time_pct', where="feed = '" ~ feed ~ "'"
) }}
union all
{{ indicator_rows(
    'delta_' ~ feed ~ '_delay_median', 'deliveries', 'source_province', "'province'", 'period_type', 'period_start',
    half_even_signed('delay_median_h', 1), '1', 'values_received', 'inputs_hash', 'month',
    null_reason="'no_values: none in the month'", verified='is_verified', exact='delay_median_h', where="feed = '" ~ feed ~ "'"
) }}
{% endfor %}
