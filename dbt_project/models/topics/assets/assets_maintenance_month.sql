-- One row per network and month of dispatch: work orders of automatic stations, faults and how long they took.
{% set kept = "coalesce(state, '') <> '已取消'" %}
with orders as ({{ newest_rows('ecology__station_maintenance', scope=false) }}),

dated as (

    select
        case network when '大气' then 'air' when '地表水' then 'surface_water' when '噪声' then 'noise' else 'gamma' end as network,
        {{ iso_month(local_time('interval_start_at')) }} as month,
        state,
        -- inspection, calibration and supplies are planned; these are not
        coalesce(kind in ('故障维修', '停电断网'), false) as is_fault,
        downtime_h,
        case when arrived_at >= interval_start_at
            then cast((epoch_ms(arrived_at) - epoch_ms(interval_start_at)) / 3600000.0 as decimal(18, 9))
        end as response_h
    from orders
    where {{ kept }}

),

networks as (

    select * from dated
    union all
    select 'all' as network, * exclude (network) from dated

)

select
    network,
    month,
    count(*) as orders,
    count(*) filter (where state in ('已完成', '已关闭')) as orders_closed,
    count(*) filter (where is_fault) as faults,
    count(downtime_h) filter (where is_fault) as faults_timed,
    cast(coalesce(sum(downtime_h) filter (where is_fault), 0) as decimal(18, 4)) as fault_downtime_h,
    {{ percentile('case when is_fault then response_h end', 0.5) }} as response_median_h
from networks
group by network, month
