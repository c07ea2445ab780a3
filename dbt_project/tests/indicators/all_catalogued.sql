-- Every card whose datasets have all arrived is computed, for every period type there is: nothing is catalogued that nobody
-- makes. A comparison is promised where the number stands for the year before.
with cards as (

    select
        code,
        regexp_replace(code, '_yoy$', '') as base_code,
        theme,
        unnest(string_split(periods, ',')) as period_type
    from {{ source('core', 'catalog_indicators') }}

),

arrived as (

    select needed.code
    from {{ source('core', 'catalog_indicator_inputs') }} as needed
    left join (select distinct dataset from {{ source('core', 'batches') }}) as batches
        on batches.dataset = needed.dataset
    group by needed.code
    having count(*) = count(batches.dataset)

),

kinds as (

    select theme, period_type from {{ ref('dim_period') }}
    union
    select months.theme, fine.period_type
    from {{ source('core', 'months') }} as months
    cross join (values ('hour'), ('day')) as fine (period_type)

),

comparable as (

    select distinct now.indicator_code, now.period_type
    from {{ ref('indicator_rows') }} as now
    inner join {{ ref('indicator_rows') }} as before
        on before.indicator_code = now.indicator_code
        and before.edition = now.edition
        and before.region_code = now.region_code
        and before.region_level = now.region_level
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    where now.period_type not in ('hour', 'day') and before.period_type not in ('hour', 'day')

),

promised as (

    select cards.code, cards.period_type
    from cards
    inner join arrived
        on arrived.code = cards.base_code
    inner join kinds
        on kinds.theme = cards.theme
        and kinds.period_type = cards.period_type
    left join comparable
        on comparable.indicator_code = cards.base_code
        and comparable.period_type = cards.period_type
    where not ends_with(cards.code, '_yoy') or comparable.indicator_code is not null

),

produced as (

    select distinct indicator_code, period_type from {{ ref('indicator_values') }}

)

select promised.*
from promised
left join produced
    on produced.indicator_code = promised.code
    and produced.period_type = promised.period_type
where produced.indicator_code is null
