-- One row per register, region, pollutant and period: trades in force, their quantity, amount and price weighted by it.
-- The province's own trades stand under the buyer's city and the province, the partners' under the Delta.
with periods as (

    select period_type, period_start, period_end from {{ ref('dim_period') }} where theme = 'carbon'

),

trades as (

    select
        register,
        buyer_city_code as region_code,
        'city' as region_level,
        pollutant,
        traded_on,
        is_approved,
        buyer_province <> source_province as is_across,
        quantity_t_a,
        amount_yuan
    from {{ ref('permit_trade') }}
    where register = 'zhejiang'
    union all
    select
        register,
        case register when 'zhejiang' then '330000' else 'YRD' end as region_code,
        case register when 'zhejiang' then 'province' else 'delta' end as region_level,
        pollutant,
        traded_on,
        is_approved,
        buyer_province <> source_province as is_across,
        quantity_t_a,
        amount_yuan
    from {{ ref('permit_trade') }}

),

counted as (

    select
        trades.register,
        trades.region_code,
        trades.region_level,
        trades.pollutant,
        periods.period_type,
        periods.period_start,
        count(*) as trades_filed,
        count(*) filter (where trades.is_approved) as trades,
        count(*) filter (where trades.is_across) as trades_across_filed,
        count(*) filter (where trades.is_across and trades.is_approved) as trades_across,
        -- the price is that of trades with both numbers
        coalesce(sum(trades.quantity_t_a) filter (where trades.is_approved and trades.amount_yuan is not null), 0) as quantity_t_a,
        coalesce(sum(trades.amount_yuan) filter (where trades.is_approved and trades.quantity_t_a is not null), 0) as amount_yuan
    from trades
    inner join periods
        on trades.traded_on between periods.period_start and periods.period_end
    group by
        trades.register, trades.region_code, trades.region_level, trades.pollutant, periods.period_type, periods.period_start

)

select
    register,
    region_code,
    region_level,
    pollutant,
    period_type,
    period_start,
    trades_filed,
    trades,
    trades_across_filed,
    trades_across,
    cast(quantity_t_a as decimal(18, 4)) as quantity_t_a,
    cast(amount_yuan as decimal(24, 4)) as amount_yuan,
    {{ mean_of('amount_yuan', 'quantity_t_a') }} as price_yuan_t_a
from counted
