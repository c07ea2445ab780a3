-- Pressure to hPa, calm (17) to no direction, 16-point codes (1 = NNE … 16 = N, CMA) to degrees from north.
select
    city_pinyin,
    interval_start_at,
    interval_end_at,
    month,
    temperature_mean_degc,
    temperature_max_degc,
    temperature_min_degc,
    humidity_mean_pct,
    humidity_min_pct,
    wind_speed_mean_m_s,
    wind_speed_max_m_s,
    case when wind_direction_max_code between 1 and 16 then cast(wind_direction_max_code % 16 as decimal(4, 1)) * 22.5 end
        as wind_direction_max_deg,
    gust_m_s,
    sunshine_h,
    precipitation_mm,
    cast(pressure_mean_pa as decimal(18, 4)) * cast(0.01 as decimal(3, 2)) as pressure_mean_hpa,
    authority,
    batch,
    line
from {{ source('core', 'weather__city_daily') }}
