-- The AQI is the largest IAQI, whole or (a pollutant missing) only above 100; its class and primary pollutants follow.
with judged as (

    select
        days.*,
        greatest(iaqi_pm25, iaqi_pm10, iaqi_so2, iaqi_no2, iaqi_o3_8h, iaqi_o3_1h, iaqi_co) as largest_iaqi
    from {{ ref('air_city_day_aqi') }} as days
    where {{ tested_rows() }}

)

select
    region_code,
    local_date,
    edition,
    aqi,
    largest_iaqi,
    level,
    primary_pollutants
from judged
where aqi is distinct from case when pollutants_present = 6 or largest_iaqi > 100 then largest_iaqi end
    or (aqi is null) <> (level is null)
    or (primary_pollutants is not null) <> coalesce(aqi > 50, false)
    or aqi not between 0 and 500
