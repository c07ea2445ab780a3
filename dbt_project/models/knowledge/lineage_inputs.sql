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

changes as (

    select
        sha256(now.inputs_hash || '+' || before.inputs_hash) as inputs_hash,
        now.theme,
        unnest([now.month, before.month]) as month
    from periods as now
    inner join periods as before
        on before.theme = now.theme
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year

)

select inputs_hash, theme, month from {{ source('core', 'months') }}
union
select inputs_hash, theme, month from periods
union
select inputs_hash, theme, month from changes
union
select known.inputs_hash, known.theme, months.month
from {{ ref('cumulative_inputs') }} as known
inner join {{ source('core', 'months') }} as months
    on months.theme = known.theme and months.month <= known.month
