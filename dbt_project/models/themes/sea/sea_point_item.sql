-- One row per point, survey day and item of GB 3097: its class, and how far it exceeds class II.
with newest as (

    {{ newest_rows('water__sea_point_seasonal') }}

),

results as (

    select
        newest.station_code,
        cast({{ local_time('newest.interval_end_at') }} as date) as survey_on,
        newest.season,
        newest.item,
        newest.value,
        newest.agency_flag is not distinct from 'L' and newest.value is null as is_below_detection,
        newest.detection_limit
    from newest
    inner join {{ ref('sea_items') }} as items
        on items.item = newest.item

),

judged as (

    select
        results.*,
        limits.class,
        case when limits.class = 2 then limits.at_most end as class2_at_most,
        (
            limits.at_least is null or results.value > limits.at_least
            or (results.value = limits.at_least and not limits.excludes_lower)
        ) and (limits.at_most is null or results.value <= limits.at_most) as is_met
    from results
    inner join {{ ref('sea_limits') }} as limits
        on limits.item = results.item
        and results.survey_on between limits.valid_from and coalesce(limits.valid_to, date '9999-12-31')

)

select
    station_code,
    survey_on,
    season,
    item,
    value,
    is_below_detection,
    detection_limit,
    -- what was not detected cannot be said to exceed anything; 5 = worse than class IV
    cast(case
        when is_below_detection then 1
        when value is not null then coalesce(min(class) filter (where is_met), 5)
    end as integer) as class,
    case when value > max(class2_at_most)
        then {{ mean_of('value - max(class2_at_most)', 'max(class2_at_most)') }} end as exceedance_multiple
from judged
group by station_code, survey_on, season, item, value, is_below_detection, detection_limit
