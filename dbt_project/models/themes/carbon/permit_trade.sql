-- One row per trade of emission permits: the province's own, and what the Delta's partners share.
with own as ({{ newest_rows('resources__permit_trades', scope=false) }}),

shared as ({{ newest_rows('yangtze_delta__permit_trades', scope=false) }})

select
    'zhejiang' as register,
    '330000' as source_province,
    trade_id,
    cast({{ local_time('interval_start_at') }} as date) as traded_on,
    pollutant,
    cast(null as varchar) as voc_group,
    '330000' as buyer_province,
    substr(region_code, 1, 4) || '00' as buyer_city_code,
    mode,
    true as is_approved,
    quantity_t_a,
    cast(amount_yuan as decimal(24, 4)) as amount_yuan
from own
union all
select
    'delta' as register,
    source_province,
    trade_id,
    cast({{ local_time('interval_start_at') }} as date) as traded_on,
    pollutant,
    voc_group,
    buyer_province,
    cast(null as varchar) as buyer_city_code,
    mode,
    -- a trade counts with both regulators' consent only
    seller_approval = '同意' and buyer_approval = '同意' as is_approved,
    quantity_t_a,
    cast(quantity_t_a * price_yuan_t_a as decimal(24, 4)) as amount_yuan
from shared
