-- One row per city and day: pressure to hPa, calm (17) to no direction, 16-point codes (1 = NNE … 16 = N, CMA) to degrees.
with days as (

    {{ newest_rows('weather__city_daily') }}

)

select
    cities.region_code,
    {{ local_day('days.interval_start_at') }} as local_date,
    days.month,
    days.temperature_mean_degc,
    days.temperature_max_degc,
    days.temperature_min_degc,
    days.humidity_mean_pct,
    days.wind_speed_mean_m_s,
    days.wind_speed_max_m_s,
    case when days.wind_direction_max_code between 1 and 16 then cast(days.wind_direction_max_code % 16 as decimal(4, 1)) * 22.5 end
        as wind_direction_max_deg,
    days.gust_m_s,
    days.sunshine_h,
    days.precipitation_mm,
    cast(days.pressure_mean_pa as decimal(18, 4)) * cast(0.01 as decimal(3, 2)) as pressure_mean_hpa
from days
inner join {{ ref('weather_cities') }} as cities
    on cities.city_pinyin = days.city_pinyin
