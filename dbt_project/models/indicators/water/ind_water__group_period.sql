-- Shares of classes, grade and change of rivers, basins, cities and the province; city index, drinking-water sources and
-- black-odorous waters of cities and the province.
with inputs as (

    {{ periods_of('water') }}

),

group_rows as ({{ with_inputs(ref('water_group_period')) }}),

index_rows as ({{ with_inputs(ref('water_city_index')) }}),

source_rows as ({{ with_inputs(ref('water_source_period')) }}),

odorous_rows as ({{ with_inputs(ref('water_black_odorous_period')) }}),

rules as (

    select
        max(value) filter (where rule = 'change_some_above') as some_above,
        max(value) filter (where rule = 'change_clear_above') as clear_above
    from {{ ref('water_rules') }}

),

changes as (

    select
        now.*,
        before.grade - now.grade as steps,
        case when now.by_shares and before.by_shares then
            {{ half_even_signed('(now.good_share - before.good_share) - (now.worse_v_share - before.worse_v_share)', 1) }}
        end as share_change,
        rules.some_above,
        rules.clear_above,
        sha256(now.inputs_hash || '+' || before.inputs_hash) as both_hash,
        now.is_verified and before.is_verified as both_verified
    from group_rows as now
    inner join group_rows as before
        on before.region_code = now.region_code
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    cross join rules

),

index_changes as (

    select
        now.*,
        before.cwqi as cwqi_before,
        classes_now.mean_class <= 2 and classes_before.mean_class <= 2 as is_left_out,
        cast((cast(now.cwqi as double) - before.cwqi) / before.cwqi * 100 as decimal(18, 9)) as cwqi_change,
        sha256(now.inputs_hash || '+' || before.inputs_hash) as both_hash,
        now.is_verified and before.is_verified as both_verified
    from index_rows as now
    inner join index_rows as before
        on before.region_code = now.region_code
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    left join group_rows as classes_now
        on classes_now.region_code = now.region_code
        and classes_now.period_type = now.period_type
        and classes_now.period_start = now.period_start
    left join group_rows as classes_before
        on classes_before.region_code = before.region_code
        and classes_before.period_type = before.period_type
        and classes_before.period_start = before.period_start

),

index_ranks as (

    -- A city at class II or better in both periods is left out of the ranking by change.
    select
        *,
        case when not is_left_out and cwqi_change is not null then rank() over (
            partition by period_type, period_start, is_left_out, cwqi_change is null
            order by {{ half_even_signed('cwqi_change', 2) }}
        ) end as change_rank,
        count(*) filter (where not is_left_out and cwqi_change is not null)
            over (partition by period_type, period_start) as cities_compared
    from index_changes

)

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
    'sections_assessed / sections', '2', 'both_hash', 'month', null_reason="'no_grade'", verified='both_verified',
    text="case when steps >= 2 then '明显好转' when steps = 1 then '有所好转' when steps = 0 then '无明显变化'
        when steps = -1 then '有所变差' when steps <= -2 then '明显变差' end"
) }}
union all
{{ indicator_rows(
    'water_share_change', 'changes', 'region_code', 'region_level', 'period_type', 'period_start', 'share_change',
    'sections_assessed / sections', '2', 'both_hash', 'month', null_reason="'fewer_than_5_sections'",
    verified='both_verified',
    text="case when abs(share_change) <= some_above then '无明显变化'
        when share_change > clear_above then '明显好转' when share_change > 0 then '有所好转'
        when share_change < -clear_above then '明显变差' when share_change < 0 then '有所变差' end"
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
    half_even_signed('cwqi_change', 2), 'items_indexed / 21.0', '2', 'both_hash', 'month', verified='both_verified',
    null_reason="'no_index'", exact='cwqi_change'
) }}
union all
{{ indicator_rows(
    'water_cwqi_change_rank', 'index_ranks', 'region_code', "'city'", 'period_type', 'period_start', 'change_rank',
    'items_indexed / 21.0', '2', 'both_hash', 'month', verified='both_verified',
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
