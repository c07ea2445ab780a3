-- Ecological quality of a year, and what was surveyed and patrolled in a month, quarter, year or year to date.
with inputs as (

    {{ periods_of('ecology') }}

),

years as (

    select
        eqi.*,
        {{ half_even('eqi.eqi', 2) }} as eqi_rounded,
        case
            when eqi.components_missing is not null then 'components_missing: ' || eqi.components_missing
            else 'counties_missing: ' || eqi.members_valid || ' of ' || eqi.members_expected
        end as null_reason,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        sha256(inputs.inputs_hash || '+' || before.inputs_hash) as both_hashes,
        inputs.month,
        inputs.is_verified
    from {{ ref('ecology_eqi') }} as eqi
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = make_date(eqi.period_year, 1, 1)
    left join inputs as before
        on before.period_type = 'year' and before.period_start = make_date(eqi.period_year - 1, 1, 1)

),

surveys as ({{ with_inputs(ref('ecology_survey_period')) }})

{% for code, column in [('pattern', 'pattern'), ('function', 'ecological_function'), ('biodiversity', 'biodiversity'), ('stress', 'stress')] -%}
{{ indicator_rows(
    'ecology_eqi_' ~ code, 'years', 'region_code', 'region_level', 'period_type', 'period_start', half_even(column, 2),
    'members_valid / members_expected', 'members_valid', 'inputs_hash', 'month', null_reason='null_reason',
    verified='is_verified', exact=column
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'ecology_eqi', 'years', 'region_code', 'region_level', 'period_type', 'period_start', 'eqi_rounded',
    'members_valid / members_expected', 'members_valid', 'inputs_hash', 'month', text='class_zh', null_reason='null_reason',
    verified='is_verified', exact='eqi'
) }}
union all
{{ indicator_rows(
    'ecology_eqi_class', 'years', 'region_code', 'region_level', 'period_type', 'period_start', 'class',
    'members_valid / members_expected', 'members_valid', 'inputs_hash', 'month', text='class_zh', null_reason='null_reason',
    verified='is_verified'
) }}
union all
{{ indicator_rows(
    'ecology_eqi_change', 'years', 'region_code', 'region_level', 'period_type', 'period_start', 'eqi_change',
    'members_valid / members_expected', '2', 'both_hashes', 'month', text='change_zh',
    null_reason="case when eqi is null then null_reason else 'no_value_before' end", verified='is_verified',
    where='has_year_before'
) }}
{% for code, column, counted in [
    ('species', 'species', 'records'), ('protected_species', 'protected_species', 'records'), ('patrols', 'patrols', 'patrols'),
    ('patrol_problems', 'problems', 'patrols'),
] %}
union all
{{ indicator_rows(
    'ecology_' ~ code, 'surveys', 'region_code', 'region_level', 'period_type', 'period_start', column, '1', counted,
    'inputs_hash', 'month', verified='is_verified', where=counted ~ ' > 0'
) }}
{% endfor %}
union all
{{ indicator_rows(
    'ecology_edna_taxa', 'surveys', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when clean_detections > 0 then taxa end', 'clean_detections / detections', 'clean_detections', 'inputs_hash', 'month',
    null_reason="'no_clean_blank: 0 of ' || detections", verified='is_verified', where='detections > 0'
) }}
union all
{{ indicator_rows(
    'ecology_patrol_length', 'surveys', 'region_code', 'region_level', 'period_type', 'period_start', half_even('patrol_km', 1),
    'patrols_measured / patrols', 'patrols_measured', 'inputs_hash', 'month', null_reason="'no_length_reported'",
    verified='is_verified', exact='patrol_km', where='patrols > 0'
) }}
union all
{{ indicator_rows(
    'ecology_patrol_problems_closed', 'surveys', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even(mean_of('problems_closed * 100', 'problems'), 1), '1', 'problems', 'inputs_hash', 'month',
    null_reason="'no_problem_found'", verified='is_verified', exact=mean_of('problems_closed * 100', 'problems'), where='patrols > 0'
) }}
