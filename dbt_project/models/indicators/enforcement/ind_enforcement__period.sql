-- Enforcement by period, for cities and the province. A count is null when nothing of its kind is known of the whole
-- province in the period: no record is no zero then.
{% set counts = {'clues': 'clues', 'inspections': 'inspections', 'penalties': 'penalties', 'fines': 'fines_10k_yuan',
                 'sorties': 'sorties', 'sortie_problems': 'sortie_problems'} %}
{% set known_by = {'fines': 'penalties', 'sortie_problems': 'sorties'} %}
{% set shares = {
    'clue_precision': ('clues_confirmed', 'clues_judged'),
    'inspection_clue_share': ('inspections_by_clue', 'inspections'),
    'inspection_problem_share': ('inspections_with_problem', 'inspections'),
    'camera_online_share': ('cameras_online', 'cameras'),
    'video_area_share': ('covered_km2', 'key_area_km2'),
    'permit_report_share': ('permit_reports_in_time', 'permit_reports'),
    'obd_online_share': ('obd_days_online', 'obd_days'),
    'remote_sensing_fail_share': ('passages_failed', 'passages'),
    'outlet_online_share': ('outlet_days_online', 'outlet_days'),
} %}
with inputs as (

    {{ periods_of('enforcement') }}

),

marts as ({{ with_inputs(ref('enforcement_period')) }}),

province as (

    select * from marts where region_level = 'province'

),

periods as (

    select
        marts.*,
        {% for code, column in counts.items() -%}
        province.{{ known_by.get(code, column) }} > 0 as {{ code }}_known,
        {% endfor -%}
        {{ mean_of('marts.hours_received * 100', 'marts.hours_expected') }} as transmitted_pct,
        -- transmitted × valid: hours that the works stood still are neither valid nor invalid
        cast(
            cast(marts.hours_received as double) * marts.hours_valid * 100
            / nullif(marts.hours_expected * (marts.hours_received - marts.hours_stopped), 0)
            as decimal(18, 9)
        ) as transmitted_valid_pct
    from marts
    inner join province
        on province.period_type = marts.period_type and province.period_start = marts.period_start

)

{% for code, column in counts.items() -%}
{{ indicator_rows(
    'enforcement_' ~ code, 'periods', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when ' ~ code ~ '_known then ' ~ (half_even(column, 1) if code == 'fines' else column) ~ ' end',
    'case when ' ~ code ~ '_known then 1 else 0 end', known_by.get(code, column), 'inputs_hash', 'month',
    null_reason="'no_records: none of the province in the period'", verified='is_verified'
) }}
union all
{% endfor -%}
{% for code, (part, whole) in shares.items() -%}
{% set share = mean_of(part ~ ' * 100', whole) -%}
{{ indicator_rows(
    'enforcement_' ~ code, 'periods', 'region_code', 'region_level', 'period_type', 'period_start', half_even(share, 1),
    'case when ' ~ whole ~ ' > 0 then 1 else 0 end', whole, 'inputs_hash', 'month',
    null_reason="'no_records: nothing to take a share of'", verified='is_verified', exact=share
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'enforcement_clue_handling_median', 'periods', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('handling_median_h', 1), 'case when clues_judged > 0 then clues_timed / clues_judged else 0 end', 'clues_timed',
    'inputs_hash', 'month', null_reason="'no_records: no clue of the period was handled'", verified='is_verified',
    exact='handling_median_h'
) }}
union all
{{ indicator_rows(
    'enforcement_transmission_rate', 'periods', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('transmitted_pct', 1), 'case when hours_expected > 0 then 1 else 0 end', 'hours_received', 'inputs_hash', 'month',
    null_reason="'no_records: no outlet was to send in the period'", verified='is_verified', exact='transmitted_pct'
) }}
union all
{{ indicator_rows(
    'enforcement_valid_transmission_rate', 'periods', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('transmitted_valid_pct', 1), 'case when hours_expected > 0 then least(1, hours_received / hours_expected) else 0 end',
    'hours_valid', 'inputs_hash', 'month', null_reason="'no_records: no hour was received while the works ran'",
    verified='is_verified', exact='transmitted_valid_pct'
) }}
