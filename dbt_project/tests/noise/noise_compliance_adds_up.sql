-- Recomputed from the days: a province's point-times are those of all its points' days in the period.
with days as (

    select
        places.province_code,
        periods.period_type,
        periods.period_start,
        count(days.day_passes) + count(days.night_passes) as judged,
        count(*) filter (where days.day_passes) + count(*) filter (where days.night_passes) as passed
    from {{ ref('noise_point_day') }} as days
    inner join {{ ref('noise_place') }} as places
        on places.region_code = days.station_code
        and places.is_active
    inner join {{ ref('dim_period') }} as periods
        on periods.theme = 'noise'
        and days.noise_date between periods.period_start and periods.period_end
    where coalesce(places.opened_on, date '0001-01-01') <= periods.period_end
    group by places.province_code, periods.period_type, periods.period_start

)

select *
from days
left join {{ ref('ind_noise__period') }} as published
    on published.indicator_code = 'noise_compliance'
    and published.region_code = days.province_code
    and published.period_type = days.period_type
    and published.period_start = days.period_start
where published.n_inputs is distinct from days.judged
    or (published.value is not null and abs(published.value - days.passed * 100.0 / days.judged) > 0.0500001)
