{#
  CTEs clock, windows and eight_hours: means of eight hours of ozone within a natural day, and the highest of those that
  count. Rows `daily` name the station's days, rows `hours` have hour_of_day (1-24) and the column `value`; `editions` says
  from which hour on windows count and how many of their hours must be there. `item`: a condition on rows of `hours`.
#}
{% macro eight_hour_means(value, item='true') %}
clock as (

    -- All 24 hours of each day, so that a window may end at an hour that was not measured itself.
    select
        daily.station_code,
        daily.local_date,
        clock_hours.hour_of_day
    from daily
    cross join ({{ numbers(1, 24, 'hour_of_day') }}) as clock_hours

),

windows as (

    select
        clock.station_code,
        clock.local_date,
        clock.hour_of_day,
        sum(hours.{{ value }}) over last_eight as o3_sum,
        count(hours.{{ value }}) over last_eight as o3_hours
    from clock
    left join hours
        on hours.station_code = clock.station_code
        and hours.local_date = clock.local_date
        and hours.hour_of_day = clock.hour_of_day
        and {{ item }}
    window last_eight as (
        partition by clock.station_code, clock.local_date
        order by clock.hour_of_day
        rows between 7 preceding and current row
    )

),

eight_hours as (

    select
        windows.station_code,
        windows.local_date,
        count(*) as o3_windows,
        max({{ mean_of('windows.o3_sum', 'windows.o3_hours') }}) as o3_mda8_ug_m3
    from windows
    left join editions
        on windows.local_date between editions.applies_from and editions.applies_to
    where windows.hour_of_day >= coalesce(editions.o3_first_window_hour, 8)
        and windows.o3_hours >= coalesce(editions.o3_8h_min_hours, 6)
    group by windows.station_code, windows.local_date

)
{%- endmacro %}
