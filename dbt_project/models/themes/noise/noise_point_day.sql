{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_nights() }}") }}

-- One row per point and date: Ld over 06-22, Ln over 22:00 of the date to 06:00 of the next, Ldn, and whether the zone's
-- limits were met. Hours left out are counted; the mean runs over the hours that remain, if they are enough.
with hours as (

    select *, {{ iso_month('noise_date') }} as noise_month
    from {{ ref('noise_point_hour') }}
    where {{ shifted_month_scope([-1, 0, 1]) }}

),

sums as (

    select
        station_code,
        noise_date,
        noise_month,
        {% for part in ['day', 'night'] -%}
        count(*) filter (where day_part = '{{ part }}') as {{ part }}_hours_sent,
        count(*) filter (where day_part = '{{ part }}' and is_valid) as {{ part }}_hours_valid,
        count(*) filter (where day_part = '{{ part }}' and invalid_reason = 'weather') as {{ part }}_hours_weather,
        sum({{ energy('leq_dba') }}) filter (where day_part = '{{ part }}' and is_valid) as {{ part }}_energy,
        {% endfor -%}
        max(lmax_dba) filter (where day_part = 'night' and is_valid) as night_lmax_dba
    from hours
    where {{ shifted_month_scope([-1, 0], 'noise_month') }}
    group by station_code, noise_date, noise_month

),

rules as (
    {{ rules_as_columns(ref('noise_rules'), ['day_min_hours', 'night_min_hours']) }}
),

levels as (

    select
        sums.*,
        case when sums.day_hours_valid >= rules.day_min_hours
            then {{ level_of_mean('sums.day_energy', 'sums.day_hours_valid') }} end as ld_dba,
        case when sums.night_hours_valid >= rules.night_min_hours
            then {{ level_of_mean('sums.night_energy', 'sums.night_hours_valid') }} end as ln_dba
    from sums
    inner join rules
        on sums.noise_date between rules.valid_from and rules.valid_to

)

select
    levels.station_code,
    levels.noise_date,
    levels.noise_month as month,
    places.zone_class,
    levels.day_hours_sent,
    levels.day_hours_valid,
    levels.day_hours_weather,
    levels.night_hours_sent,
    levels.night_hours_valid,
    levels.night_hours_weather,
    levels.ld_dba,
    levels.ln_dba,
    {{ day_night_level('levels.ld_dba', 'levels.ln_dba') }} as ldn_dba,
    case when levels.ln_dba is not null then levels.night_lmax_dba end as night_lmax_dba,
    limits.day_dba as day_limit_dba,
    limits.night_dba as night_limit_dba,
    -- levels are reported, and judged, to a tenth of a decibel
    {{ half_even('levels.ld_dba', 1) }} <= limits.day_dba as day_passes,
    {{ half_even('levels.ln_dba', 1) }} <= limits.night_dba as night_passes,
    case when levels.ln_dba is not null
        then levels.night_lmax_dba <= limits.night_dba + limits.burst_excess_db end as burst_passes
from levels
left join {{ ref('noise_place') }} as places
    on places.region_code = levels.station_code
left join {{ ref('noise_limits') }} as limits
    on limits.zone_class = places.zone_class
    and levels.noise_date between limits.valid_from and coalesce(limits.valid_to, date '9999-12-31')
