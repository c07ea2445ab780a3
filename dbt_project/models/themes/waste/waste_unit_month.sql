-- One row per ledger line: unit, waste code and month of the ledgers of general and of hazardous waste, with the mass
-- balance stock_end = stock_start + produced + received - transferred - self-utilised - self-disposed.
with lines as (

    {% for kind, dataset in [('general', newest_rows('ecology__solid_waste_ledger')),
                             ('hazardous', newest_rows('ecology__hazardous_waste_ledger'))] -%}
    select
        '{{ kind }}' as waste_kind,
        credit_code,
        waste_code,
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as month_start,
        status is distinct from '退回修改' as is_accepted,
        stock_start_t,
        produced_t,
        received_t,
        transferred_t,
        self_utilised_t,
        self_disposed_t,
        stock_end_t
    from ({{ dataset }}) as ledger
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

balanced as (

    -- A cell left empty leaves the balance unknown, not zero.
    select
        *,
        stock_start_t + produced_t + received_t - transferred_t - self_utilised_t - self_disposed_t - stock_end_t
            as residual_t
    from lines

)

select
    balanced.waste_kind,
    balanced.credit_code,
    balanced.waste_code,
    balanced.region_code,
    balanced.month_start,
    balanced.is_accepted,
    balanced.stock_start_t,
    balanced.produced_t,
    balanced.received_t,
    balanced.transferred_t,
    balanced.self_utilised_t,
    balanced.self_disposed_t,
    balanced.stock_end_t,
    cast(balanced.residual_t as decimal(18, 4)) as residual_t,
    cast(balance_tolerance_t.value as decimal(12, 4)) as tolerance_t,
    abs(balanced.residual_t) <= balance_tolerance_t.value as is_balanced
from balanced
{{ rule_join(ref('waste_rules'), 'balance_tolerance_t', 'balanced.month_start') }}
