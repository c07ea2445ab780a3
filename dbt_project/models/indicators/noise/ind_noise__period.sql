-- Noise of points, cities and the province by month, quarter, year and year to date.
{% set levels = [('noise_ld', 'ld_dba'), ('noise_ln', 'ln_dba'), ('noise_ldn', 'ldn_dba')] %}
{% set rates = [
    ('day_compliance', 'days_passed', 'days_valid'),
    ('night_compliance', 'nights_passed', 'nights_valid'),
] %}
{% set overall_rates = [
    ('compliance', '(days_passed + nights_passed)', '(days_valid + nights_valid)'),
    ('night_burst_compliance', 'bursts_passed', 'bursts_judged'),
] %}
{% set too_few_days = "'too_few_days: ' || whole_days || ' of ' || days_expected || ', ' || quarters_valid || ' of '
    || quarters_expected || ' quarters'" %}
{% set too_few_points = "case when points_expected = 0 then 'no_points' else 'too_few_points: ' || points_valid || ' of '
    || points_expected end" %}
{% set points_covered = 'coalesce(points_valid / nullif(points_expected, 0), 0)' %}

with inputs as (

    {{ periods_of('noise') }}

),

points as (
    {{ with_inputs(ref('noise_point_period')) }}
),

regions as (
    {{ with_inputs(ref('noise_region_period')) }}
),

point_rows as (

    select * from points where zone_class is not null

),

all_zones as (

    select * from regions where zone_class = 'all'

),

one_zone as (

    select * from regions where zone_class <> 'all'

),

named as (

    select places.region_code, places.region_level, communities.batch_year, communities.is_named
    from {{ ref('noise_quiet_community') }} as communities
    cross join lateral (
        values (communities.city_code, 'city'), (communities.province_code, 'province')
    ) as places (region_code, region_level)

),

quiet as (

    -- every region that has noise points or communities, so that none named is a number too
    select
        listed.region_code,
        listed.region_level,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        count(named.region_code) filter (where named.is_named) as communities,
        count(named.region_code) as entries
    from (
        select region_code, region_level from regions
        union
        select region_code, region_level from named
    ) as listed
    cross join inputs
    left join named
        on named.region_code = listed.region_code
        and named.batch_year <= extract(year from inputs.period_start)
    where inputs.period_type = 'year' and listed.region_code is not null
    group by all

)

{% for code, column in levels -%}
{{ indicator_rows(
    code, 'point_rows', 'station_code', "'point'", 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(column, 1) ~ ' end', 'least(whole_days / days_expected, 1)', 'whole_days',
    'inputs_hash', 'month', null_reason=too_few_days, verified='is_verified', exact=column
) }}
union all
{{ indicator_rows(
    code, 'all_zones', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(column, 1) ~ ' end', points_covered, 'points_valid', 'inputs_hash', 'month',
    null_reason=too_few_points, verified='is_verified', exact=column
) }}
union all
{% endfor %}
{% for name, passed, judged in rates + overall_rates -%}
{%- set share = mean_of(passed ~ ' * 100', judged) -%}
{{ indicator_rows(
    'noise_' ~ name, 'point_rows', 'station_code', "'point'", 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(share, 1) ~ ' end', 'least(whole_days / days_expected, 1)', judged, 'inputs_hash',
    'month', null_reason=too_few_days, verified='is_verified', exact=share
) }}
union all
{{ indicator_rows(
    'noise_' ~ name, 'all_zones', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(share, 1) ~ ' end', points_covered, judged, 'inputs_hash', 'month',
    null_reason=too_few_points, verified='is_verified', exact=share
) }}
union all
{% endfor %}
{% for name, passed, judged in rates -%}
{%- set share = mean_of(passed ~ ' * 100', judged) -%}
{{ indicator_rows(
    "('noise_zone_' || zone_class || '_" ~ name ~ "')", 'one_zone', 'region_code', 'region_level', 'period_type',
    'period_start', 'case when is_valid then ' ~ half_even(share, 1) ~ ' end', points_covered, judged, 'inputs_hash', 'month',
    null_reason=too_few_points, verified='is_verified', exact=share
) }}
union all
{% endfor %}
{{ indicator_rows(
    'noise_points_valid_share', 'all_zones', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even(mean_of('points_valid * 100', 'points_expected'), 1), '1', 'points_expected', 'inputs_hash', 'month',
    null_reason="'no_points'", verified='is_verified', exact=mean_of('points_valid * 100', 'points_expected')
) }}
union all
{{ indicator_rows(
    'noise_quiet_communities', 'quiet', 'region_code', 'region_level', 'period_type', 'period_start', 'communities', '1',
    'entries', 'inputs_hash', 'month', verified='is_verified'
) }}
