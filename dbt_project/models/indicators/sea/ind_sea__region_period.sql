-- Water quality of bays, cities and the province by the periods in which they were surveyed.
{% set too_few = "'too_few_surveys: ' || surveys_valid || ' of ' || surveys_expected || ', ' || points_valid || ' of '
    || points_sampled || ' points'" %}
{% set covered = 'points_valid / points_sampled * surveys_held / surveys_expected' %}

with inputs as (

    {{ periods_of('sea') }}

),

regions as (
    {{ with_inputs(ref('sea_region_period')) }}
)

{% for code, column in [
    ('sea_good_ratio', 'good_pct'), ('sea_class_1_share', 'class1_pct'), ('sea_class_2_share', 'class2_pct'),
    ('sea_class_3_share', 'class3_pct'), ('sea_class_4_share', 'class4_pct'), ('sea_class_worse_share', 'worse_pct'),
] -%}
{{ indicator_rows(
    code, 'regions', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even(column, 1) ~ ' end', covered, 'points_valid', 'inputs_hash', 'month',
    null_reason=too_few, verified='is_verified', exact=column
) }}
union all
{% endfor %}
{{ indicator_rows(
    'sea_eutrophic_share', 'regions', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even('eutrophic_pct', 1) ~ ' end',
    'points_indexed / points_sampled * surveys_held / surveys_expected', 'points_indexed', 'inputs_hash', 'month',
    null_reason=too_few, verified='is_verified', exact='eutrophic_pct'
) }}
union all
{{ indicator_rows(
    'sea_grade', 'regions', 'region_code', 'region_level', 'period_type', 'period_start', 'case when is_valid then grade end',
    covered, 'points_valid', 'inputs_hash', 'month', text='case when is_valid then grade_zh end', null_reason=too_few,
    verified='is_verified'
) }}
