-- Gross ecosystem product of a year, and the trade of a month, quarter, year or year to date.
{% set services = ['produce', 'water_conservation', 'soil_retention', 'carbon_sequestration', 'climate_regulation', 'tourism'] -%}
with inputs as (

    {{ periods_of('gep') }}

),

years as (

    select * from inputs where period_type = 'year'

),

accounts as (

    select
        accounts.*,
        {{ mean_of('accounts.quantity', 'services.units_per_shown') }} as shown_quantity,
        {{ mean_of('accounts.value_yuan', '100000000') }} as value_100m_yuan,
        years.period_type, years.period_start, years.inputs_hash, years.month, years.is_verified
    from {{ ref('gep_account') }} as accounts
    inner join {{ ref('gep_services') }} as services
        on services.service_zh = accounts.service_zh
    inner join years
        on years.period_start = make_date(accounts.period_year, 1, 1)
    where accounts.service is not null

),

totals as (

    select
        totals.*,
        {{ members_missing('cities') }} as null_reason,
        {{ mean_of('total_yuan', '100000000') }} as total,
        {{ mean_of('constant_yuan', '100000000') }} as constant,
        {{ mean_of('provision_yuan', '100000000') }} as provision,
        {{ mean_of('regulation_yuan', '100000000') }} as regulation,
        {{ mean_of('culture_yuan', '100000000') }} as culture,
        {{ mean_of('total_yuan', 'population_10k_persons * 10000') }} as per_head,
        {{ mean_of('total_yuan', 'area_ha * 100') }} as per_area,
        years.period_type, years.period_start, years.inputs_hash, years.month, years.is_verified
    from {{ ref('gep_region_year') }} as totals
    inner join years
        on years.period_start = make_date(totals.period_year, 1, 1)

),

units as (

    select
        units.*,
        {{ mean_of('value_yuan', 'area_km2 * 10000') }} as density,
        years.period_type, years.period_start, years.inputs_hash, years.month, years.is_verified
    from {{ ref('gep_unit_region_year') }} as units
    inner join years
        on years.period_start = make_date(units.period_year, 1, 1)

),

deals as ({{ with_inputs(ref('gep_deal_period')) }})

{% for service in services -%}
{{ indicator_rows(
    'gep_' ~ service ~ '_quantity', 'accounts', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('shown_quantity', 2), '(quantity is not null)::integer', '(quantity is not null)::integer', 'inputs_hash', 'month',
    null_reason="'no_quantity_reported'", verified='is_verified', exact='shown_quantity', where="service = '" ~ service ~ "'"
) }}
union all
{{ indicator_rows(
    'gep_' ~ service ~ '_value', 'accounts', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('value_100m_yuan', 2), '(value_yuan is not null)::integer', '(value_yuan is not null)::integer', 'inputs_hash', 'month',
    text='standard', null_reason="'no_value_reported'", verified='is_verified', exact='value_100m_yuan',
    where="service = '" ~ service ~ "'"
) }}
union all
{% endfor -%}
{% for code, column, digits, text, reason in [
    ('gep_total', 'total', 2, 'standard', 'null_reason'), ('gep_provision', 'provision', 2, 'standard', 'null_reason'),
    ('gep_regulation', 'regulation', 2, 'standard', 'null_reason'), ('gep_culture', 'culture', 2, 'standard', 'null_reason'),
    ('gep_total_constant', 'constant', 2, "base_year || '年价'",
     "case when total_yuan is null then null_reason else 'no_base_price: a service lacks a price in ' || coalesce(base_year::varchar, 'a common base year') end"),
    ('gep_per_head', 'per_head', 0, 'standard', "case when total_yuan is null then null_reason else 'no_population' end"),
    ('gep_per_area', 'per_area', 0, 'standard', "case when total_yuan is null then null_reason else 'no_area: the land survey lacks a county' end"),
] -%}
{{ indicator_rows(
    code, 'totals', 'region_code', 'region_level', 'period_type', 'period_start', half_even(column, digits),
    'members_valid / members_expected', 'members_valid', 'inputs_hash', 'month', text=text, null_reason=reason,
    verified='is_verified', exact=column
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'gep_map_density', 'units', 'region_code', 'region_level', 'period_type', 'period_start', half_even('density', 2),
    'units_valid / units', 'units_valid', 'inputs_hash', 'month', null_reason="'no_unit_valued'", verified='is_verified',
    exact='density'
) }}
{% for code, column, counted, valid, exact in [
    ('gep_deals', 'deals', 'deals', 'deals', none), ('gep_vep_units', 'units', 'units', 'units', none),
    ('gep_deal_value', 'deal_yuan', 'deals', 'deals_priced', mean_of('deal_yuan', '10000')),
    ('gep_vep_value', 'unit_yuan', 'units', 'units_valued', mean_of('unit_yuan', '10000')),
    ('gep_vep_loans', 'coalesce(loan_yuan, 0)', 'units', 'units', mean_of('coalesce(loan_yuan, 0)', '10000')),
] %}
union all
{{ indicator_rows(
    code, 'deals', 'region_code', 'region_level', 'period_type', 'period_start', half_even(exact, 2) if exact else column,
    valid ~ ' / ' ~ counted, valid, 'inputs_hash', 'month', null_reason="'no_price_reported'", verified='is_verified', exact=exact,
    where=counted ~ ' > 0'
) }}
{% endfor %}
