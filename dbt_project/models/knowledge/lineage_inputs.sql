-- From a number's inputs_hash to the months of its theme whose batches it depends on.
with periods as (

    select
        period_inputs.inputs_hash,
        period_inputs.period_type,
        period_inputs.period_start,
        months.theme,
        months.month
    from {{ ref('period_inputs') }} as period_inputs
    inner join {{ source('core', 'months') }} as months
        on months.theme = period_inputs.theme
        and cast(months.month || '-01' as date)
        between date_trunc('month', period_inputs.period_start) and period_inputs.period_end

),

sums as (

    -- what sums up all months to its own: on a line of its own, so that a change never mixes the two
    select
        known.inputs_hash,
        'to month' as period_type,
        cast(known.month || '-01' as date) as period_start,
        months.theme,
        months.month
    from {{ ref('cumulative_inputs') }} as known
    inner join {{ source('core', 'months') }} as months
        on months.theme = known.theme and months.month <= known.month

),

bases as (

    select inputs_hash, period_type, period_start, theme, month from periods
    union all
    select inputs_hash, period_type, period_start, theme, month from sums

),

headers as (

    select distinct inputs_hash, period_type, period_start, theme from bases

),

pairs as (

    select
        sha256(now.inputs_hash || '+' || before.inputs_hash) as inputs_hash,
        now.theme,
        now.inputs_hash as now_hash,
        before.inputs_hash as before_hash
    from headers as now
    inner join headers as before
        on before.theme = now.theme
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year

),

changes as (

    -- the months of either side, each joined by itself: crossed with one another they would grow with their product
    {% for side in ['now_hash', 'before_hash'] -%}
    select pairs.inputs_hash, pairs.theme, bases.month
    from pairs
    inner join bases
        on bases.theme = pairs.theme and bases.inputs_hash = pairs.{{ side }}
    {{ 'union' if not loop.last }}
    {% endfor %}

)

select inputs_hash, theme, month from {{ source('core', 'months') }}
union
select inputs_hash, theme, month from bases
union
select inputs_hash, theme, month from changes
