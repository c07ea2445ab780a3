{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_periods(later=[0, 1]) }}") }}

-- Change against the same period of the year before, for every indicator whose card asks for it; computed from
-- the published (rounded) values, so that a reader can check it.
with values_now as (

    select * from {{ ref('indicator_rows') }} where period_type not in ('hour', 'day')

),

compared as (

    select
        now.indicator_code || '_yoy' as change_code,
        now.edition,
        now.region_code,
        now.region_level,
        now.period_type,
        now.period_start,
        now.month,
        case
            when catalog.change = 'absolute' then now.value - before.value
            when before.value > 0 then
                {{ half_even_signed(mean_of('(now.value - before.value) * 100', 'before.value'), 1) }}
        end as value,
        least(now.coverage, before.coverage) as coverage,
        2 as n_inputs,
        now.inputs_hash || '+' || before.inputs_hash as hashes,
        now.status = 'verified' and before.status = 'verified' as is_verified,
        case
            when now.value is null then 'no_value_now: ' || now.null_reason
            when before.value is null then 'no_value_before: ' || before.null_reason
            else 'zero_before'
        end as null_reason
    from values_now as now
    inner join values_now as before
        on before.indicator_code = now.indicator_code
        and before.edition = now.edition
        and before.region_code = now.region_code
        and before.region_level = now.region_level
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    inner join {{ source('core', 'catalog_indicators') }} as catalog
        on catalog.code = now.indicator_code
    where catalog.change <> 'none' and {{ period_scope('now', later=[0, 1]) }}

)

{{ indicator_rows(
    '(change_code)', 'compared', 'region_code', 'region_level', 'period_type', 'period_start', 'value', 'coverage',
    'n_inputs', 'sha256(hashes)', 'month', edition='edition', null_reason='null_reason', verified='is_verified'
) }}
