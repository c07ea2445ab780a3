-- Every card whose datasets have all arrived is computed, for every period type there is: nothing is catalogued that nobody
-- makes. A comparison is promised where the year before is there.
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

    select distinct now.theme, now.period_type
    from {{ ref('dim_period') }} as now
    inner join {{ ref('dim_period') }} as before
        on before.theme = now.theme
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year

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
        on comparable.theme = cards.theme
        and comparable.period_type = cards.period_type
    where not ends_with(cards.code, '_yoy') or comparable.theme is not null

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
