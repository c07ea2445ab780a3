-- Measures of cities and the province by period: masses and rates of the two ledgers, the balance of hazardous waste,
-- manifests, furnaces, recovery of batteries and appliances, and what the two registers hold.
{% set every_month = 'count(distinct month_start) = months_expected' %}
{% set months_short = "'too_few_months: ' || count(distinct month_start) || ' of ' || months_expected" %}
{% set lines_expected = "count(distinct credit_code || waste_code) * months_expected" %}
with accepted as (

    select * from {{ ref('waste_unit_month') }} where is_accepted

),

ledger as ({{ by_area_and_period('accepted', 'members.month_start', 'waste') }}),

manifests as ({{ by_area_and_period(ref('waste_manifest'), 'members.sent_on', 'waste') }}),

furnaces as ({{ by_area_and_period(ref('waste_furnace_day'), 'members.local_date', 'waste') }}),

outlets as (

    select *, cast({{ local_time('interval_start_at') }} as date) as month_start
    from ({{ newest_rows('ecology__lead_battery_recovery') }}) as rows

),

batteries as ({{ by_area_and_period('outlets', 'members.month_start', 'waste') }}),

dismantlers as (

    select *, cast({{ local_time('interval_start_at') }} as date) as month_start
    from ({{ newest_rows('ecology__weee_recycling') }}) as rows

),

appliances as ({{ by_area_and_period('dismantlers', 'members.month_start', 'waste') }}),

plants as ({{ newest_rows('ecology__incinerator_register') }}),

cells as ({{ newest_rows('ecology__zero_waste_cells') }}),

{% for register, columns in [('plants', ['installed_on', 'displayed_on', 'connected_on']), ('cells', ['batch_year', 'status'])] -%}
{{ register }}_held as (

    -- A register has dates of its own: it is read as it stood on the last day of each period.
    select
        {{ register }}.region_code,
        {% for column in columns -%}
        {{ register }}.{{ column }},
        {% endfor -%}
        case areas.area_level
            when 'city' then substr({{ register }}.region_code, 1, 4) || '00'
            else substr({{ register }}.region_code, 1, 2) || '0000'
        end as area_code,
        areas.area_level,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        periods.months_expected as months_fed
    from {{ register }}
    cross join (values ('city'), ('province')) as areas (area_level)
    inner join {{ ref('dim_period') }} as periods
        on periods.theme = 'waste'

){{ ',' if not loop.last }}

{% endfor -%}

{% for kind in ['general', 'hazardous'] -%}
{% set mine = "waste_kind = '" ~ kind ~ "'" -%}
{% for word, column in [('generated', 'produced_t'), ('utilised', 'self_utilised_t'), ('disposed', 'self_disposed_t')] -%}
{{ measure('waste_' ~ kind ~ '_' ~ word, 'ledger', 'sum(' ~ column ~ ')', expected=lines_expected, enough=every_month,
           reason=months_short, where=mine) }}
union all
{% endfor -%}
{% for word, column in [('utilisation', 'self_utilised_t'), ('disposal', 'self_disposed_t')] -%}
{{ measure('waste_' ~ kind ~ '_' ~ word ~ '_rate', 'ledger', 'sum(' ~ column ~ ')', 'sum(self_utilised_t + self_disposed_t + transferred_t)',
           100, expected=lines_expected, enough=every_month, reason=months_short, where=mine) }}
union all
{% endfor -%}
{% endfor -%}
{{ measure('waste_hazardous_balanced_share', 'ledger',
           'count(distinct credit_code) - count(distinct case when is_balanced is not true then credit_code end)',
           'count(distinct credit_code)', 100, expected=lines_expected, enough=every_month, reason=months_short,
           where="waste_kind = 'hazardous'") }}
union all
{{ measure('waste_hazardous_residual', 'ledger', 'sum(abs(residual_t))', inputs='count(residual_t)', expected=lines_expected,
           enough=every_month, reason=months_short, where="waste_kind = 'hazardous'") }}
union all
{{ measure('waste_manifest_count', 'manifests', 'count(*)', enough=fed_every_month(), reason=fed_too_few_months(),
           where='is_counted') }}
union all
{{ measure('waste_manifest_closed_share', 'manifests', 'count(*) filter (where is_closed)', 'count(*)', 100,
           enough=fed_every_month(), reason=fed_too_few_months(), where='is_counted') }}
union all
{{ measure('waste_manifest_days_to_receive', 'manifests', percentile('days_to_receive', 0.5), inputs='count(days_to_receive)',
           expected='count(*)', enough=fed_every_month(), reason=fed_too_few_months(), where='is_closed') }}
union all
{{ measure('waste_furnace_compliance', 'furnaces', 'count(*) filter (where is_compliant)', 'count(is_compliant)', 100,
           inputs='count(*)', expected='count(distinct station_code) * days_expected') }}
union all
{{ measure('waste_battery_collected', 'batteries', 'sum(collected_kg) / 1000', inputs='count(collected_kg)',
           expected='count(distinct outlet_code) * months_expected', enough=every_month, reason=months_short) }}
union all
{{ measure('waste_battery_smelter_share', 'batteries', 'sum(smelter_kg)', 'sum(collected_kg)', 100, inputs='count(collected_kg)',
           expected='count(distinct outlet_code) * months_expected', enough=every_month, reason=months_short,
           where='collected_kg is not null and smelter_kg is not null') }}
union all
{{ measure('waste_weee_dismantled', 'appliances', 'sum(dismantled_units)', inputs='count(dismantled_units)',
           expected='count(distinct credit_code || product) * months_expected', enough=every_month, reason=months_short) }}
union all
{{ measure('waste_weee_recovered_share', 'appliances', 'sum(recovered_t)', 'sum(recovered_t + residue_t)', 100,
           inputs='count(recovered_t)', expected='count(distinct credit_code || product) * months_expected',
           enough=every_month, reason=months_short, where='recovered_t is not null and residue_t is not null') }}
union all
{{ measure('waste_incinerator_connected_share', 'plants_held',
           'count(*) filter (where installed_on <= period_end and displayed_on <= period_end and connected_on <= period_end)',
           'count(*)', 100) }}
union all
{{ measure('waste_zero_waste_cells', 'cells_held', 'count(*)',
           where="status = '已公布' and batch_year <= extract(year from period_end)") }}
