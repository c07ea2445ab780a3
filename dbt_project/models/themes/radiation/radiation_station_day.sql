-- One row per station and natural day: mean dose rate, and the hours above the station's background, apart by weather.
select
    hours.station_code,
    max(hours.region_code) as region_code,
    hours.cosmic_response,
    hours.local_date,
    cast(sum(hours.intervals_valid) as bigint) as intervals_valid,
    count(hours.gamma_ngy_h) as hours_valid,
    count(*) filter (where hours.is_wet) as hours_wet,
    cast(sum(hours.rain_mm) as decimal(12, 4)) as rain_mm,
    case when count(hours.gamma_ngy_h) >= max(day_min_hours.value) then
        {{ mean_of('sum(hours.gamma_ngy_h)', 'count(hours.gamma_ngy_h)') }}
    end as gamma_ngy_h,
    cast(max(hours.gamma_ngy_h) as decimal(18, 9)) as gamma_max_ngy_h,
    max(background.upper_ngy_h) as upper_ngy_h,
    -- null while the station has no background yet
    case when max(background.upper_ngy_h) is not null then
        count(*) filter (where hours.is_wet and hours.gamma_ngy_h > background.upper_ngy_h)
    end as hours_above_wet,
    case when max(background.upper_ngy_h) is not null then
        count(*) filter (where not hours.is_wet and hours.gamma_ngy_h > background.upper_ngy_h)
    end as hours_above_dry,
    case when max(background.lower_ngy_h) is not null then
        count(*) filter (where hours.gamma_ngy_h < background.lower_ngy_h)
    end as hours_below
from {{ ref('radiation_station_weather_hour') }} as hours
left join {{ ref('radiation_background') }} as background
    on background.station_code = hours.station_code
    and background.cosmic_response = hours.cosmic_response
    and background.local_date = hours.local_date
{{ rule_join(ref('radiation_rules'), 'day_min_hours', 'hours.local_date') }}
group by hours.station_code, hours.cosmic_response, hours.local_date
