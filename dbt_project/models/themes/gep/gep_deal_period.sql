-- One row per region and period: deals of ecological products, and units of land whose product was valued.
with deals as (

    {{ newest_rows('resources__ecological_product_trades') }}

),

valued as (

    {{ newest_rows('resources__vep_units') }}

),

members as (

    {{ members_of_regions() }}

),

events as (

    select 'deal' as kind, region_code, interval_start_at, deal_yuan as value_yuan, asking_yuan as other_yuan from deals
    union all
    select 'unit' as kind, region_code, interval_start_at, value_yuan, loan_yuan as other_yuan from valued

)

select
    members.region_code,
    members.region_level,
    periods.period_type,
    periods.period_start,
    count(*) filter (where events.kind = 'deal') as deals,
    count(events.value_yuan) filter (where events.kind = 'deal') as deals_priced,
    cast(sum(events.value_yuan) filter (where events.kind = 'deal') as decimal(20, 2)) as deal_yuan,
    count(*) filter (where events.kind = 'unit') as units,
    count(events.value_yuan) filter (where events.kind = 'unit') as units_valued,
    cast(sum(events.value_yuan) filter (where events.kind = 'unit') as decimal(20, 2)) as unit_yuan,
    cast(sum(events.other_yuan) filter (where events.kind = 'unit') as decimal(20, 2)) as loan_yuan
from events
inner join members
    on members.member_code = events.region_code
inner join {{ ref('dim_period') }} as periods
    on {{ local_day('events.interval_start_at') }} between periods.period_start and periods.period_end
    and periods.theme = 'gep'
group by members.region_code, members.region_level, periods.period_type, periods.period_start
