-- One row per system named in the plan: the datasets that serve it, and the indicators computed from them.
with serving as (

    select dataset, unnest(string_split(serves, ',')) as name_zh
    from {{ source('core', 'catalog_datasets') }}
    where serves <> ''

),

datasets as (

    select name_zh, count(*) as datasets, string_agg(dataset, ',' order by dataset) as dataset_list
    from serving
    group by name_zh

),

inputs as (

    -- The plan's own mart reads many datasets for many targets: which of them a target is measured by, its rule says.
    select inputs.code, inputs.dataset
    from {{ source('core', 'catalog_indicator_inputs') }} as inputs
    inner join {{ source('core', 'catalog_indicators') }} as catalog
        on catalog.code = inputs.code
    where catalog.theme <> 'plan'
    union all
    select lower(replace(code, '-', '_')) || '_progress' as code, unnest(string_split(datasets, ';')) as dataset
    from {{ ref('plan_measures') }}

),

measuring as (

    select distinct serving.name_zh, inputs.code
    from serving
    inner join inputs
        on inputs.dataset = serving.dataset

),

indicators as (

    select name_zh, count(*) as indicators, string_agg(code, ',' order by code) as indicator_list
    from measuring
    group by name_zh

)

select
    systems.name_zh,
    systems.clause,
    systems.chapter,
    clauses.title_zh as clause_title_zh,
    clauses.lead_unit,
    systems.kind,
    systems.family,
    coalesce(systems.no_feed_reason_zh, '') = '' as needs_data,
    systems.no_feed_reason_zh,
    systems.no_feed_reason_en,
    coalesce(datasets.datasets, 0) as datasets,
    datasets.dataset_list,
    coalesce(indicators.indicators, 0) as indicators,
    indicators.indicator_list
from {{ ref('plan_systems') }} as systems
left join {{ ref('plan_clauses') }} as clauses
    on clauses.clause = systems.clause
left join datasets
    on datasets.name_zh = systems.name_zh
left join indicators
    on indicators.name_zh = systems.name_zh
