-- Class, main pollutants, means, target and change of sections; trophic level and blooms of lakes; valid days of automatic
-- stations.
{% set means = [('ph', 'ph'), ('do', 'dissolved_oxygen_mg_l'), ('codmn', 'codmn_mg_l'), ('cod', 'cod_mg_l'),
                ('bod5', 'bod5_mg_l'), ('nh3n', 'nh3n_mg_l'), ('tp', 'tp_mg_l'), ('tn', 'tn_mg_l')] %}
{% set parts = ['chla', 'tp', 'tn', 'sd', 'codmn'] %}

with inputs as (

    {{ periods_of('water') }}

),

class_rows as ({{ with_inputs(ref('water_section_period')) }}),

item_rows as ({{ with_inputs(ref('water_section_period_item')) }}),

lake_rows as ({{ with_inputs(ref('water_lake_period')) }}),

auto_rows as ({{ with_inputs(ref('water_auto_period')) }}),

bloom_rows as ({{ with_inputs(ref('water_lake_bloom_period')) }}),

classes as (

    select *, 'too_few_items: ' || items_classed || ' of ' || items_expected as null_reason from class_rows

),

change_rows as ({{ with_inputs_of_both(ref('water_section_change')) }}),

changes as (

    select *, case when grade is null then 'no_class_now' else 'no_class_before' end as change_reason from change_rows

),

lakes as (

    select
        region_code,
        region_level,
        period_type,
        period_start,
        inputs_hash,
        month,
        is_verified,
        count(tli) as items_indexed,
        count(*) as items_expected,
        cast(case when count(tli) = count(*) then sum(weight * tli) end as decimal(18, 9)) as tli,
        string_agg(case when tli is null then item end, ',' order by item) as missing
    from lake_rows
    group by region_code, region_level, period_type, period_start, inputs_hash, month, is_verified

),

trophic as (

    select
        lakes.*,
        {{ half_even_signed('lakes.tli', 1) }} as published_tli,
        bands.state,
        bands.state_zh,
        'items_missing: ' || lakes.missing as null_reason
    from lakes
    left join {{ ref('water_tli_bands') }} as bands
        on {{ half_even_signed('lakes.tli', 1) }} between bands.tli_min and bands.tli_max

)

{{ indicator_rows(
    'water_section_class', 'classes', 'station_code', "'section'", 'period_type', 'period_start', 'water_class',
    'items_classed / items_expected * months_valid / months_expected', 'items_classed', 'inputs_hash', 'month', null_reason='null_reason',
    verified='is_verified', text=class_name('water_class') ~ " || coalesce(' ' || worst_items, '')"
) }}
union all
{{ indicator_rows(
    'water_section_grade', 'classes', 'station_code', "'section'", 'period_type', 'period_start', 'grade',
    'items_classed / items_expected * months_valid / months_expected', 'items_classed', 'inputs_hash', 'month', null_reason='null_reason',
    verified='is_verified', text='grade_zh'
) }}
union all
{{ indicator_rows(
    'water_main_pollutants', 'classes', 'station_code', "'section'", 'period_type', 'period_start',
    'case when water_class is not null then items_above end', 'items_classed / items_expected * months_valid / months_expected', 'items_classed',
    'inputs_hash', 'month', null_reason='null_reason', verified='is_verified', text='main_pollutants'
) }}
union all
{{ indicator_rows(
    'water_target_met', 'classes', 'station_code', "'section'", 'period_type', 'period_start', 'meets_target::integer',
    'items_classed / items_expected * months_valid / months_expected', 'items_classed', 'inputs_hash', 'month', verified='is_verified',
    null_reason="case when target_class is null then 'no_target' else null_reason end",
    text=class_name('target_class')
) }}
union all
{{ indicator_rows(
    'water_tn_class', 'classes', 'station_code', "'section'", 'period_type', 'period_start', 'tn_class',
    'months_valid / months_expected', 'months_valid', 'inputs_hash', 'month', verified='is_verified',
    null_reason="case when water_type = 'river' then 'rivers_have_no_limit' else 'no_value' end",
    text=class_name('tn_class')
) }}
union all
{{ indicator_rows(
    'water_fecal_coliform_class', 'classes', 'station_code', "'section'", 'period_type', 'period_start',
    'fecal_coliform_class', 'months_valid / months_expected', 'months_valid', 'inputs_hash', 'month',
    null_reason="'no_value'", verified='is_verified', text=class_name('fecal_coliform_class')
) }}
union all
{{ indicator_rows(
    'water_section_change', 'changes', 'station_code', "'section'", 'period_type', 'period_start', 'steps',
    'items_classed / items_expected', '2', 'inputs_hash', 'month', null_reason='change_reason', verified='is_verified',
    text='verdict'
) }}
{% for code, item in means %}
union all
{{ indicator_rows(
    'water_' ~ code ~ '_mean', 'item_rows', 'station_code', "'section'", 'period_type', 'period_start', 'rounded_value',
    'months_valid / months_expected', 'months_valid', 'inputs_hash', 'month', null_reason="'no_value'",
    verified='is_verified', where="item = '" ~ item ~ "'", exact='value'
) }}
{% endfor %}
{% for part in parts %}
union all
{{ indicator_rows(
    'water_tli_' ~ part, 'lake_rows', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even_signed('tli', 1), '(tli is not null)::integer', '(tli is not null)::integer', 'inputs_hash', 'month',
    null_reason="'no_value'", verified='is_verified', where="item = '" ~ part ~ "'", exact='tli'
) }}
{% endfor %}
union all
{{ indicator_rows(
    'water_tli', 'trophic', 'region_code', 'region_level', 'period_type', 'period_start', 'published_tli',
    'items_indexed / items_expected', 'items_indexed', 'inputs_hash', 'month', null_reason='null_reason',
    verified='is_verified', text='state_zh', exact='tli'
) }}
union all
{{ indicator_rows(
    'water_auto_valid_day_rate', 'auto_rows', 'station_code', "'section'", 'period_type', 'period_start',
    half_even(mean_of('days_valid * 100', 'days_expected'), 1), 'days_reported / days_expected', 'days_reported',
    'inputs_hash', 'month', verified='is_verified', exact=mean_of('days_valid * 100', 'days_expected')
) }}
{% for code, value, days in [('water_bloom_days', 'bloom_days', 'area_days'), ('water_bloom_area_max', 'bloom_area_max_km2', 'area_days')] %}
union all
{{ indicator_rows(
    code, 'bloom_rows', 'lake_code', "'water_body'", 'period_type', 'period_start',
    'case when ' ~ days ~ ' > 0 then ' ~ value ~ ' end', days ~ ' / days_expected', days, 'inputs_hash', 'month',
    null_reason="'no_cloudless_image'", verified='is_verified'
) }}
{% endfor %}
