-- Shares of classes, grade and change of rivers, basins, cities and the province; city index, drinking-water sources and
-- black-odorous waters of cities and the province.
with inputs as (

    {{ periods_of('water') }}

),

group_rows as ({{ with_inputs(ref('water_group_period')) }}),

index_rows as ({{ with_inputs(ref('water_city_index')) }}),

source_rows as ({{ with_inputs(ref('water_source_period')) }}),

coverage_rows as ({{ with_inputs(ref('water_auto_coverage_period')) }}),

odorous_rows as ({{ with_inputs(ref('water_black_odorous_period')) }}),

changes as ({{ with_inputs_of_both(ref('water_group_change')) }}),

index_changes as ({{ with_inputs_of_both(ref('water_city_index_change')) }})

{% for code, value in [('water_good_share', 'good_share'), ('water_worse_v_share', 'worse_v_share')] -%}
{{ indicator_rows(
    code, 'group_rows', 'region_code', 'region_level', 'period_type', 'period_start', half_even(value, 1),
    'sections_assessed / sections', 'sections_assessed', 'inputs_hash', 'month', null_reason="'no_section_assessed'",
    verified='is_verified', exact=value
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'water_target_share', 'group_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('target_share', 1), 'sections_with_target / sections', 'sections_with_target', 'inputs_hash', 'month',
    null_reason="'no_section_with_target'", verified='is_verified', exact='target_share'
) }}
union all
{{ indicator_rows(
    'water_grade', 'group_rows', 'region_code', 'region_level', 'period_type', 'period_start', 'grade',
    'sections_assessed / sections', 'sections_assessed', 'inputs_hash', 'month', null_reason="'no_section_assessed'",
    verified='is_verified', text="grade_zh || coalesce(' ' || main_pollutants, '')"
) }}
union all
{{ indicator_rows(
    'water_grade_change', 'changes', 'region_code', 'region_level', 'period_type', 'period_start', 'steps',
    'sections_assessed / sections', '2', 'inputs_hash', 'month', null_reason="'no_grade'", verified='is_verified',
    text='verdict'
) }}
union all
{{ indicator_rows(
    'water_share_change', 'changes', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even_signed('share_change', 1), 'sections_assessed / sections', '2', 'inputs_hash', 'month',
    null_reason="'fewer_than_5_sections'", verified='is_verified', text='share_verdict', exact='share_change'
) }}
union all
{{ indicator_rows(
    'water_cwqi', 'index_rows', 'region_code', "'city'", 'period_type', 'period_start', half_even('cwqi', 4),
    'items_indexed / 21.0', 'river_sections + lake_sections', 'inputs_hash', 'month', verified='is_verified',
    null_reason="'too_few_items: ' || items_indexed || ' of 21'", exact='cwqi'
) }}
union all
{{ indicator_rows(
    'water_cwqi_rank', 'index_rows', 'region_code', "'city'", 'period_type', 'period_start', 'cwqi_rank',
    'items_indexed / 21.0', 'river_sections + lake_sections', 'inputs_hash', 'month', verified='is_verified',
    null_reason="'too_few_items: ' || items_indexed || ' of 21'", text="'of ' || cities_ranked"
) }}
union all
{{ indicator_rows(
    'water_cwqi_change', 'index_changes', 'region_code', "'city'", 'period_type', 'period_start',
    half_even_signed('change_percent', 2), 'items_indexed / 21.0', '2', 'inputs_hash', 'month', verified='is_verified',
    null_reason="'no_index'", exact='change_percent'
) }}
union all
{{ indicator_rows(
    'water_cwqi_change_rank', 'index_changes', 'region_code', "'city'", 'period_type', 'period_start', 'change_rank',
    'items_indexed / 21.0', '2', 'inputs_hash', 'month', verified='is_verified',
    null_reason="case when is_left_out then 'class_ii_or_better_in_both_periods' else 'no_index' end",
    text="'of ' || cities_compared"
) }}
union all
{{ indicator_rows(
    'water_source_share', 'source_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('sources_share', 1), 'sources_judged / sources', 'sources_judged', 'inputs_hash', 'month',
    null_reason="'no_source_judged'", verified='is_verified', exact='sources_share'
) }}
union all
{{ indicator_rows(
    'water_source_sample_share', 'source_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('samples_share', 1), 'months_judged / months_sampled', 'months_judged', 'inputs_hash', 'month',
    null_reason="'no_sample_judged'", verified='is_verified', exact='samples_share'
) }}
union all
{{ indicator_rows(
    'water_black_odorous_count', 'odorous_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    'waters_black', 'waters_judged / waters', 'waters_judged', 'inputs_hash', 'month', verified='is_verified'
) }}
union all
{{ indicator_rows(
    'water_black_odorous_clean_share', 'odorous_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('clean_share', 1), 'waters_judged / waters', 'waters_judged', 'inputs_hash', 'month',
    null_reason="'no_water_judged'", verified='is_verified', exact='clean_share'
) }}
union all
{{ indicator_rows(
    'water_auto_coverage', 'coverage_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('coverage_share', 1), '1', 'sections_controlled', 'inputs_hash', 'month', verified='is_verified',
    exact='coverage_share'
) }}
