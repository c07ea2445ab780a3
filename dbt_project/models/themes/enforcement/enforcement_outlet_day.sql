{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- One row per outlet of the register and local day on which the receiver ran: hourly values expected, received and valid.
-- A day on which no outlet at all sent an hour is a day of the receiver, not of the outlets.
with packets as ({{ newest_rows('ecology__pollution_source_online', where="cn = '2061' and statistic = 'avg'") }}),

register as ({{ newest_rows('ecology__outlet_register') }}),

hours as (

    select
        mn,
        factor,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        interval_start_at,
        month,
        value,
        flag
    from packets

),

days as (

    select distinct local_date, month from hours

),

outlets as (

    select
        mn,
        max(substr(region_code, 1, 4) || '00') as city_code,
        count(distinct factor) as factors,
        min(valid_from) as valid_from
    from register
    where kind = 'level'
    group by mn

),

received as (

    select
        hours.mn,
        hours.local_date,
        count(*) as hours_received,
        count(*) filter (where hours.flag = 'F') as hours_stopped,
        count(*) filter (where hours.value is not null and hours.flag = 'N') as hours_valid
    from hours
    inner join register
        on register.mn = hours.mn and register.factor = hours.factor and register.kind = 'level'
    group by hours.mn, hours.local_date

)

select
    outlets.mn,
    outlets.city_code,
    days.local_date,
    days.month,
    outlets.factors,
    outlets.factors * 24 as hours_expected,
    coalesce(received.hours_received, 0) as hours_received,
    coalesce(received.hours_stopped, 0) as hours_stopped,
    coalesce(received.hours_valid, 0) as hours_valid
from outlets
cross join days
left join received
    on received.mn = outlets.mn and received.local_date = days.local_date
where outlets.valid_from is null or outlets.valid_from <= days.local_date
