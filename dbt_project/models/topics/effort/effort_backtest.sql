-- One row per edition, evaluated series and test of the evaluation against itself: dates without a measure, places without
-- one, and last year's score when this year's data were not there yet.
-- depends_on: {{ ref('effort_air_day') }}
-- depends_on: {{ ref('effort_water_sample') }}
-- depends_on: {{ ref('effort_water_flow') }}
with scores as (

    select
        *,
        split_part(series_key, '/', 1) as theme,
        split_part(series_key, '/', 2) as place_code
    from {{ source('evaluation', 'scores') }}

),

placebo_stations as (

    -- a place where nothing is expected to have been done, in the same year; what is left of the change when the control's
    -- is taken off
    select
        scores.effort_edition,
        scores.series_key,
        'placebo_station' as kind,
        control.series_key as name,
        scores.year,
        control.effort_log,
        control.effort_lower_log as lower_log,
        control.effort_upper_log as upper_log,
        scores.effort_log - control.effort_log as moved_log,
        control.effort_lower_log <= 0 and control.effort_upper_log >= 0 as passed,
        control.detail
    from scores
    inner join {{ ref('effort_editions') }} as editions
        on editions.effort_edition = scores.effort_edition
    inner join scores as control
        on control.effort_edition = scores.effort_edition
        and control.place_code = editions.control_place
        and control.theme = scores.theme
        and control.item = scores.item
        and control.year = scores.year
    where scores.place_code <> editions.control_place

)

{% set columns = ['effort_edition', 'series_key', 'kind', 'name', 'year', 'effort_log', 'lower_log', 'upper_log', 'moved_log',
                  'passed', 'detail'] | join(', ') -%}
select {{ columns }} from {{ source('evaluation', 'backtests') }}
union all
select {{ columns }} from placebo_stations
