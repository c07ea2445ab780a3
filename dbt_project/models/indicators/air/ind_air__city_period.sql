{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods() }}") }}

-- Month, quarter, year and year-to-date indicators of cities (and counties with stations of their own). `exact` is the
-- value before rounding, for what is computed further: a number is rounded once.
{% set names = ['pm25', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
with inputs as (

    {{ periods_of('air') }}

),

item_rows as ({{ with_inputs(ref('air_city_period_item')) }}),

aqi_rows as ({{ with_inputs(ref('air_city_period_aqi')) }}),

indices as ({{ with_inputs(ref('air_city_period_index')) }}),

items as (

    select *, {{ too_few_days() }} as null_reason from item_rows

),

aqi as (

    select *, {{ too_few_days() }} as null_reason from aqi_rows

),

limits as (

    -- A pollutant attains when every statistic it is assessed by does; its multiple is that of the mean, else of the percentile.
    select
        marts.region_code,
        marts.region_level,
        marts.edition,
        marts.period_type,
        marts.period_start,
        marts.pollutant,
        bool_and(marts.is_valid) as is_valid,
        bool_and(marts.attained) as attained,
        coalesce(
            max(case when marts.statistic = 'mean' then marts.exceedance_multiple end),
            max(marts.exceedance_multiple)
        ) as exceedance_multiple,
        min(items.days_valid) as days_valid,
        max(items.days_expected) as days_expected,
        max(items.null_reason) as null_reason,
        max(items.inputs_hash) as inputs_hash,
        max(items.month) as month,
        bool_and(items.is_verified) as is_verified
    from {{ ref('air_city_period_limit') }} as marts
    inner join items
        on items.region_code = marts.region_code
        and items.period_type = marts.period_type
        and items.period_start = marts.period_start
        and items.pollutant = marts.pollutant
    where marts.period_type = 'year'
    group by marts.region_code, marts.region_level, marts.edition, marts.period_type, marts.period_start, marts.pollutant

),

attainment as (

    select
        region_code,
        region_level,
        edition,
        period_type,
        period_start,
        count(*) filter (where is_valid) as pollutants_valid,
        -- One pollutant above its limit settles it; otherwise all six must be known.
        case
            when bool_or(is_valid and not attained) then 0
            when count(*) filter (where is_valid and attained) = 6 then 1
        end as attained,
        string_agg(case when is_valid and not attained then pollutant end, ',' order by pollutant) as failing,
        min(days_valid) as days_valid,
        max(days_expected) as days_expected,
        max(inputs_hash) as inputs_hash,
        max(month) as month,
        bool_and(is_verified) as is_verified
    from limits
    group by region_code, region_level, edition, period_type, period_start

)

{% for pollutant in ['pm25', 'pm10', 'so2', 'no2'] -%}
{{ indicator_rows(
    'air_' ~ pollutant ~ '_mean', 'items', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even('mean', 0) ~ ' end', 'days_valid / days_expected', 'days_valid', 'inputs_hash',
    'month', exact='mean', null_reason='null_reason', verified='is_verified', where="pollutant = '" ~ pollutant ~ "'"
) }}
union all
{% set p = 'p95' if pollutant in ('pm25', 'pm10') else 'p98' -%}
{{ indicator_rows(
    'air_' ~ pollutant ~ '_' ~ p, 'items', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(p, 0) ~ ' end', 'days_valid / days_expected', 'days_valid', 'inputs_hash',
    'month', exact=p, null_reason='null_reason', verified='is_verified',
    where="period_type = 'year' and pollutant = '" ~ pollutant ~ "'"
) }}
union all
{% endfor -%}
{% for pollutant, p, digits in [('co', 'p95', 1), ('o3', 'p90', 0)] -%}
{{ indicator_rows(
    'air_' ~ pollutant ~ '_' ~ p, 'items', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(p, digits) ~ ' end', 'days_valid / days_expected', 'days_valid', 'inputs_hash',
    'month', exact=p, null_reason='null_reason', verified='is_verified', where="pollutant = '" ~ pollutant ~ "'"
) }}
union all
{% endfor -%}
{% for column in ['good_days', 'exceedance_days', 'heavy_days'] -%}
{{ indicator_rows(
    'air_' ~ column, 'aqi', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ column ~ ' end', 'days_valid / days_expected', 'days_valid', 'inputs_hash', 'month',
    edition='edition', null_reason='null_reason', verified='is_verified'
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'air_good_day_ratio', 'aqi', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(mean_of('good_days * 100', 'days_valid'), 1) ~ ' end',
    'days_valid / days_expected', 'days_valid', 'inputs_hash', 'month', edition='edition', null_reason='null_reason',
    verified='is_verified', exact=mean_of('good_days * 100', 'days_valid')
) }}
union all
{% for pollutant in names -%}
{% for kind in ['exceedance', 'primary'] -%}
{{ indicator_rows(
    'air_' ~ pollutant ~ '_' ~ kind ~ '_days', 'aqi', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ pollutant ~ '_' ~ kind ~ '_days end', 'days_valid / days_expected', 'days_valid',
    'inputs_hash', 'month', edition='edition', null_reason='null_reason', verified='is_verified'
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'air_' ~ pollutant ~ '_exceedance_multiple', 'limits', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even('exceedance_multiple', 2) ~ ' end', 'days_valid / days_expected', 'days_valid',
    'inputs_hash', 'month', edition='edition', null_reason='null_reason', verified='is_verified',
    where="pollutant = '" ~ pollutant ~ "'"
) }}
union all
{{ indicator_rows(
    'air_' ~ pollutant ~ '_attained', 'limits', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then attained::integer end', 'days_valid / days_expected', 'days_valid', 'inputs_hash', 'month',
    edition='edition', null_reason='null_reason', verified='is_verified', where="pollutant = '" ~ pollutant ~ "'"
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'air_attained', 'attainment', 'region_code', 'region_level', 'period_type', 'period_start', 'attained',
    'days_valid / days_expected', 'pollutants_valid', 'inputs_hash', 'month', edition='edition', text='failing',
    null_reason="'too_few_days: ' || pollutants_valid || ' of 6 pollutants assessable'", verified='is_verified'
) }}
{% for code, value, digits, text in [
    ('air_composite_index', 'composite_index', 2, 'null'),
    ('air_composite_largest_part', 'largest_part', 2, 'largest_pollutant'),
] %}
union all
{{ indicator_rows(
    code, 'indices', 'region_code', 'region_level', 'period_type', 'period_start', half_even(value, digits),
    'days_valid / days_expected', 'pollutants_valid', 'inputs_hash', 'month', edition='edition', text=text, exact=value,
    null_reason="'too_few_days: ' || pollutants_valid || ' of 6 pollutants assessable'", verified='is_verified'
) }}
{% endfor %}
union all
{{ indicator_rows(
    'air_composite_rank', 'indices', 'region_code', 'region_level', 'period_type', 'period_start', 'composite_rank',
    'days_valid / days_expected', 'pollutants_valid', 'inputs_hash', 'month', edition='edition',
    text="'of ' || cities_ranked", null_reason="'too_few_days: ' || pollutants_valid || ' of 6 pollutants assessable'",
    verified='is_verified', where="region_level = 'city'"
) }}
