-- Good days and days above 100 are all the valid days; heavy days are among those above 100; no period has days it lacks.
select
    region_code,
    edition,
    period_type,
    period_start,
    good_days,
    exceedance_days,
    heavy_days,
    days_valid,
    days_expected
from {{ ref('air_city_period_aqi') }}
where good_days + exceedance_days <> days_valid
    or heavy_days > exceedance_days
    or days_valid > days_expected
    or months_valid > months_expected
