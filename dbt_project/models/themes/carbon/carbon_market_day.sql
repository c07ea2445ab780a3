-- One row per market, product and trading day: volume and amount, listed and block agreements together and apart.
with national as ({{ newest_rows('resources__carbon_market_daily', scope=false) }}),

pilot as ({{ newest_rows('resources__carbon_pilot_price_daily', scope=false) }})

select
    'national' as market,
    product,
    cast({{ local_time('interval_start_at') }} as date) as local_date,
    close_yuan_t as price_yuan_t,
    listed_t,
    listed_yuan,
    block_t,
    block_yuan
from national
union all
-- the third party's list says a price and nothing of volumes
select
    'guangdong' as market,
    product,
    cast({{ local_time('interval_start_at') }} as date) as local_date,
    price_yuan_t,
    cast(null as decimal(12, 4)) as listed_t,
    cast(null as decimal(18, 2)) as listed_yuan,
    cast(null as decimal(12, 4)) as block_t,
    cast(null as decimal(18, 2)) as block_yuan
from pilot
