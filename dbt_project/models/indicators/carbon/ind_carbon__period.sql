-- Carbon market and emission permits: markets, key emitters' accounts, permits held and traded, by period.
{% set pollutants = {'cod': 'COD', 'nh3n': 'NH3-N', 'so2': 'SO2', 'nox': 'NOx', 'vocs': 'VOCs'} %}
with inputs as (

    {{ periods_of('carbon') }}

),

markets as ({{ with_inputs(ref('carbon_market_period')) }}),

national as (

    select
        *,
        {{ mean_of('block_t * 100', 'listed_t + block_t') }} as block_pct,
        {{ mean_of('listed_t + block_t', '10000') }} as volume_10k_t,
        {{ mean_of('listed_yuan + block_yuan', '10000') }} as amount_10k_yuan
    from markets
    where market = 'national'

),

guangdong as (

    select * from markets where market = 'guangdong'

),

emitters as (

    select
        accounts.*,
        inputs.period_type,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        {{ mean_of('accounts.emitters_complied * 100', 'accounts.emitters') }} as complied_pct,
        {{ mean_of('accounts.surrendered_t * 100', 'accounts.verified_t') }} as surrendered_pct,
        {{ mean_of('accounts.ccer_used_t * 100', 'accounts.verified_t') }} as ccer_pct,
        {{ mean_of('accounts.verified_t', '10000') }} as verified_10k_t,
        {{ mean_of('accounts.surplus_t', '10000') }} as surplus_10k_t,
        {{ mean_of('accounts.shortage_t', '10000') }} as shortage_10k_t
    from {{ ref('carbon_account_year') }} as accounts
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = accounts.period_start

),

deposits as (

    select
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        inputs.months_expected,
        count(*) as months_known,
        sum(months.deposits) as deposits,
        {{ mean_of('sum(months.deposits_measured) * 100', 'sum(months.deposits)') }} as measured_pct,
        {{ mean_of('sum(months.co2_t)', '10000') }} as co2_10k_t
    from {{ ref('carbon_accounting_month') }} as months
    inner join inputs
        -- a month's deposit belongs to a period that holds the whole month
        on months.month_start >= inputs.period_start and last_day(months.month_start) <= inputs.period_end
    group by all

),

holdings as (

    select
        accounts.*,
        inputs.period_type,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        {{ mean_of('accounts.actual_t * 100', 'accounts.limit_t_a') }} as used_pct
    from {{ ref('permit_account_year') }} as accounts
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = accounts.period_start

),

holdings_together as (

    select
        region_code,
        region_level,
        period_type,
        period_start,
        inputs_hash,
        month,
        is_verified,
        sum(accounts) as accounts,
        sum(accounts_over) as accounts_over
    from holdings
    group by region_code, region_level, period_type, period_start, inputs_hash, month, is_verified

),

trades as ({{ with_inputs(ref('permit_trade_period')) }}),

trades_together as (

    select
        register,
        region_code,
        region_level,
        period_type,
        period_start,
        inputs_hash,
        month,
        is_verified,
        sum(trades_filed) as trades_filed,
        sum(trades) as trades,
        sum(trades_across_filed) as trades_across_filed,
        sum(trades_across) as trades_across,
        {{ mean_of('sum(amount_yuan)', '10000') }} as amount_10k_yuan,
        {{ mean_of('sum(trades_across) * 100', 'sum(trades_across_filed)') }} as across_approved_pct
    from trades
    group by register, region_code, region_level, period_type, period_start, inputs_hash, month, is_verified

)

{% for code, column, digits in [
    ('carbon_market_volume', 'volume_10k_t', 2), ('carbon_market_amount', 'amount_10k_yuan', 2),
    ('carbon_market_price', 'price_weighted_yuan_t', 2), ('carbon_market_listed_price', 'price_listed_yuan_t', 2),
    ('carbon_market_block_share', 'block_pct', 1),
] -%}
{{ indicator_rows(
    code, 'national', "'330000'", "'province'", 'period_type', 'period_start', half_even(column, digits), '1', 'trading_days',
    'inputs_hash', 'month', null_reason="'no_trade: nothing was traded in the period'", verified='is_verified', exact=column
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'carbon_pilot_price_mean', 'guangdong', "'330000'", "'province'", 'period_type', 'period_start',
    half_even('price_mean_yuan_t', 2), '1', 'prices', 'inputs_hash', 'month',
    null_reason="'no_price: no day of the period has one'", verified='is_verified', exact='price_mean_yuan_t'
) }}
union all
{% for code, column, digits in [
    ('carbon_emitters', 'emitters', 0), ('carbon_compliance_rate', 'complied_pct', 1),
    ('carbon_surrender_rate', 'surrendered_pct', 1), ('carbon_ccer_share', 'ccer_pct', 2),
    ('carbon_verified_emissions', 'verified_10k_t', 2), ('carbon_allowance_surplus', 'surplus_10k_t', 2),
    ('carbon_allowance_shortage', 'shortage_10k_t', 2),
] -%}
{% set value = half_even(column, digits) if digits else column -%}
{{ indicator_rows(
    code, 'emitters', 'region_code', 'region_level', 'period_type', 'period_start', value, 'emitters_allocated / emitters',
    'emitters', 'inputs_hash', 'month', null_reason="'no_emissions: the verified emissions are zero'", verified='is_verified',
    exact=column
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'carbon_accounted_emissions', 'deposits', "'330000'", "'province'", 'period_type', 'period_start',
    'case when months_known = months_expected then ' ~ half_even('co2_10k_t', 2) ~ ' end', 'months_known / months_expected',
    'deposits', 'inputs_hash', 'month',
    null_reason="'months_missing: ' || months_known || ' of ' || months_expected", verified='is_verified', exact='co2_10k_t'
) }}
union all
{{ indicator_rows(
    'carbon_measured_share', 'deposits', "'330000'", "'province'", 'period_type', 'period_start', half_even('measured_pct', 1),
    'months_known / months_expected', 'deposits', 'inputs_hash', 'month',
    null_reason="'no_deposits: none in the period'", verified='is_verified', exact='measured_pct'
) }}
union all
{{ indicator_rows(
    'permit_accounts_over', 'holdings_together', 'region_code', 'region_level', 'period_type', 'period_start',
    'accounts_over', '1', 'accounts', 'inputs_hash', 'month', text="'of ' || accounts", verified='is_verified'
) }}
union all
{% for slug, pollutant in pollutants.items() -%}
{{ indicator_rows(
    'permit_' ~ slug ~ '_used_share', 'holdings', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('used_pct', 1), '1', 'accounts', 'inputs_hash', 'month', null_reason="'no_limit: the limits are zero'",
    verified='is_verified', exact='used_pct', where="pollutant = '" ~ pollutant ~ "'"
) }}
union all
{{ indicator_rows(
    'permit_' ~ slug ~ '_traded', 'trades', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('quantity_t_a', 2), '1', 'trades', 'inputs_hash', 'month', verified='is_verified', exact='quantity_t_a',
    where="register = 'zhejiang' and pollutant = '" ~ pollutant ~ "'"
) }}
union all
{{ indicator_rows(
    'permit_' ~ slug ~ '_price', 'trades', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('price_yuan_t_a', 0), '1', 'trades', 'inputs_hash', 'month', null_reason="'no_trade: no quantity in force'",
    verified='is_verified', exact='price_yuan_t_a', where="register = 'zhejiang' and pollutant = '" ~ pollutant ~ "'"
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'permit_trades', 'trades_together', 'region_code', 'region_level', 'period_type', 'period_start', 'trades', '1',
    'trades_filed', 'inputs_hash', 'month', verified='is_verified', where="register = 'zhejiang'"
) }}
union all
{{ indicator_rows(
    'permit_trade_amount', 'trades_together', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('amount_10k_yuan', 2), '1', 'trades', 'inputs_hash', 'month', verified='is_verified', exact='amount_10k_yuan',
    where="register = 'zhejiang'"
) }}
union all
{{ indicator_rows(
    'permit_delta_trades', 'trades_together', 'region_code', 'region_level', 'period_type', 'period_start', 'trades', '1',
    'trades_filed', 'inputs_hash', 'month', text="'of ' || trades_filed", verified='is_verified', where="register = 'delta'"
) }}
union all
{{ indicator_rows(
    'permit_delta_across_approved', 'trades_together', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('across_approved_pct', 1), '1', 'trades_across_filed', 'inputs_hash', 'month',
    null_reason="'no_trade: none across provinces was filed'", verified='is_verified', exact='across_approved_pct',
    where="register = 'delta'"
) }}
union all
{{ indicator_rows(
    'permit_delta_vocs_traded', 'trades', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('quantity_t_a', 2), '1', 'trades', 'inputs_hash', 'month', verified='is_verified', exact='quantity_t_a',
    where="register = 'delta' and pollutant = 'VOCs'"
) }}
union all
{{ indicator_rows(
    'permit_delta_vocs_price', 'trades', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('price_yuan_t_a', 0), '1', 'trades', 'inputs_hash', 'month', null_reason="'no_trade: no quantity in force'",
    verified='is_verified', exact='price_yuan_t_a', where="register = 'delta' and pollutant = 'VOCs'"
) }}
