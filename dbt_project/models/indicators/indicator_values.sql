{{ config(materialized='view') }}

-- Every catalogued number, one row per indicator, edition, region and period (design.md, section 4).
{% set columns = ['indicator_code', 'edition', 'region_code', 'region_level', 'period_type', 'period_start', 'value',
                  'value_text', 'coverage', 'status', 'n_inputs', 'inputs_hash', 'null_reason', 'month'] | join(', ') -%}

with rows as (

    select {{ columns }}, lower, upper, confidence from {{ ref('indicator_rows') }}
    union all
    select {{ columns }}, null as lower, null as upper, null as confidence from {{ ref('ind_change') }}

)

select
    rows.indicator_code,
    rows.edition,
    rows.region_code,
    rows.region_level,
    rows.period_type,
    rows.period_start,
    rows.value,
    rows.value_text,
    catalog.unit,
    rows.lower,
    rows.upper,
    rows.confidence,
    rows.coverage,
    rows.status,
    rows.n_inputs,
    rows.inputs_hash,
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}+00' as timestamptz) as computed_at,
    rows.null_reason,
    rows.month
from rows
left join {{ source('core', 'catalog_indicators') }} as catalog
    on catalog.code = rows.indicator_code
