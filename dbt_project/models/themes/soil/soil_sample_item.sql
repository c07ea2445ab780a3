-- One row per soil sample and metal that its land use has limits for: farmland by GB 15618 (pH, paddy or dry), building
-- land by GB 36600 (class 1 or 2).
with results as ({{ newest_rows('ecology__soil_point_survey') }}),

detected as ({{ with_detection('results', 'ecology__soil_point_survey') }}),

samples as (

    select station_code, interval_end_at, max(value) as ph
    from results
    where item = 'soil_ph'
    group by station_code, interval_end_at

),

metals as (

    select
        detected.station_code,
        detected.region_code,
        cast({{ local_time('detected.interval_start_at') }} as date) as sampled_on,
        detected.land_use,
        samples.ph,
        detected.item,
        detected.value,
        detected.is_below_detection
    from detected
    left join samples
        on samples.station_code = detected.station_code
        and samples.interval_end_at = detected.interval_end_at

)

select
    metals.station_code,
    metals.region_code,
    metals.sampled_on,
    metals.land_use,
    metals.land_use in ('水田', '旱地', '园地') as is_farmland,
    metals.ph,
    metals.item,
    cast(metals.value as decimal(18, 6)) as value_mg_kg,
    metals.is_below_detection,
    limits.screening_mg_kg,
    limits.control_mg_kg,
    -- Limits stand in the standards as printed: a value is compared as it was reported.
    case when metals.is_below_detection then false else metals.value > limits.screening_mg_kg end as is_above_screening,
    -- An item without a control value is never above it.
    case
        when metals.is_below_detection then false
        when metals.value is null or limits.screening_mg_kg is null then null
        else coalesce(metals.value > limits.control_mg_kg, false)
    end as is_above_control
from metals
left join {{ ref('soil_limits') }} as limits
    on limits.item = metals.item
    and limits.land_use = metals.land_use
    and metals.sampled_on between limits.valid_from and coalesce(limits.valid_to, date '9999-12-31')
    and (
        (metals.ph > limits.ph_over and metals.ph <= limits.ph_to)
        -- building land is judged whatever its pH
        or (limits.ph_over = 0 and limits.ph_to = 14)
    )
where exists (
    select 1 from {{ ref('soil_limits') }} as asked
    where asked.item = metals.item and asked.land_use = metals.land_use
)
