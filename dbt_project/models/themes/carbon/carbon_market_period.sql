-- One row per market and period: volumes, amounts and prices weighted by volume.
with periods as (

    select period_type, period_start, period_end from {{ ref('dim_period') }} where theme = 'carbon'

),

days as (

    -- a volume without its amount, or the other way round, would bend the price: both or neither
    select
        market,
        local_date,
        price_yuan_t,
        case when listed_yuan is not null then listed_t end as listed_t,
        case when listed_t is not null then listed_yuan end as listed_yuan,
        case when block_yuan is not null then block_t end as block_t,
        case when block_t is not null then block_yuan end as block_yuan
    from {{ ref('carbon_market_day') }}

),

summed as (

    select
        days.market,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        count(distinct days.local_date) as trading_days,
        count(days.price_yuan_t) as prices,
        sum(days.price_yuan_t) as price_sum,
        coalesce(sum(days.listed_t), 0) as listed_t,
        coalesce(sum(days.listed_yuan), 0) as listed_yuan,
        coalesce(sum(days.block_t), 0) as block_t,
        coalesce(sum(days.block_yuan), 0) as block_yuan
    from days
    inner join periods
        on days.local_date between periods.period_start and periods.period_end
    group by days.market, periods.period_type, periods.period_start, periods.period_end

)

select
    market,
    period_type,
    period_start,
    period_end,
    trading_days,
    prices,
    cast(listed_t as decimal(24, 4)) as listed_t,
    cast(listed_yuan as decimal(24, 4)) as listed_yuan,
    cast(block_t as decimal(24, 4)) as block_t,
    cast(block_yuan as decimal(24, 4)) as block_yuan,
    {{ mean_of('price_sum', 'prices') }} as price_mean_yuan_t,
    {{ mean_of('listed_yuan', 'listed_t') }} as price_listed_yuan_t,
    {{ mean_of('listed_yuan + block_yuan', 'listed_t + block_t') }} as price_weighted_yuan_t
from summed
