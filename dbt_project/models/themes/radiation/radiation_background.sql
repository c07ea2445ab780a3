-- One row per station and day: its background from the dry hours of the days before, mean and standard deviation. The day
-- itself does not enter, so that what is unusual cannot hide itself.
with dry_days as (

    select
        station_code,
        cosmic_response,
        local_date,
        count(gamma_ngy_h) as hours_dry,
        sum(gamma_ngy_h) as dose_sum,
        sum(gamma_ngy_h * gamma_ngy_h) as square_sum
    from {{ ref('radiation_station_weather_hour') }}
    where not is_wet and gamma_ngy_h is not null
    group by station_code, cosmic_response, local_date

),

days as (

    select distinct station_code, cosmic_response, local_date from {{ ref('radiation_station_hour') }}

),

past as (

    select
        days.station_code,
        days.cosmic_response,
        days.local_date,
        max(background_min_days.value) as days_asked,
        max(background_sigmas.value) as sigmas,
        count(dry_days.local_date) as days_used,
        cast(sum(dry_days.hours_dry) as bigint) as hours_used,
        cast(sum(dry_days.dose_sum) as double) as dose_sum,
        cast(sum(dry_days.square_sum) as double) as square_sum
    from days
    {{ rule_join(ref('radiation_rules'), 'background_days', 'days.local_date') }}
    {{ rule_join(ref('radiation_rules'), 'background_min_days', 'days.local_date') }}
    {{ rule_join(ref('radiation_rules'), 'background_sigmas', 'days.local_date') }}
    left join dry_days
        on dry_days.station_code = days.station_code
        and dry_days.cosmic_response = days.cosmic_response
        and dry_days.local_date >= days.local_date - cast(background_days.value as integer)
        and dry_days.local_date < days.local_date
    group by days.station_code, days.cosmic_response, days.local_date

),

moments as (

    select
        *,
        case when days_used >= days_asked then dose_sum / hours_used end as mean,
        case when days_used >= days_asked then
            sqrt(greatest(square_sum - dose_sum * dose_sum / hours_used, 0) / nullif(hours_used - 1, 0))
        end as deviation
    from past

)

select
    station_code,
    cosmic_response,
    local_date,
    days_used,
    coalesce(hours_used, 0) as hours_used,
    cast(mean as decimal(18, 9)) as mean_ngy_h,
    cast(deviation as decimal(18, 9)) as deviation_ngy_h,
    cast(mean - sigmas * deviation as decimal(18, 9)) as lower_ngy_h,
    cast(mean + sigmas * deviation as decimal(18, 9)) as upper_ngy_h
from moments
