-- One row per edition, evaluated series and year: the change against the baseline, what of it was effort and what weather or
-- flow, its interval and grade; beside it whether the limits of the law were met, which this never replaces.
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

periods as (

    select
        *,
        case when extract(month from period_end) = 12 then 'year' else 'ytd' end as period_type,
        make_date(year, 1, 1) as year_start
    from scores

),

legal as (

    -- every limit of the pollutant that could be judged is met
    select
        region_code,
        pollutant,
        period_type,
        period_start,
        bool_and(attained) as is_attained
    from {{ ref('air_city_period_limit') }}
    where edition = 'in-force' and attained is not null
    group by grouping sets ((region_code, pollutant, period_type, period_start), (region_code, period_type, period_start))

)

select
    periods.effort_edition,
    periods.series_key,
    periods.theme,
    case when periods.theme = 'air' then periods.place_code else sections.region_code end as region_code,
    case when periods.theme = 'air' then 'city' else 'section' end as place_level,
    periods.place_code,
    periods.item,
    periods.year,
    periods.period_type,
    periods.period_start,
    periods.period_end,
    periods.baseline_start,
    periods.baseline_end,
    periods.observed_base,
    periods.observed,
    periods.normalised_base,
    periods.normalised,
    periods.total_log,
    periods.effort_log,
    periods.luck_log,
    {% for part in ['total', 'effort', 'luck'] -%}
    {{ percent_of_log('periods.' ~ part ~ '_log') }} as {{ part }}_pct,
    {% endfor -%}
    {% for part in ['effort', 'luck'] -%}
    {{ percent_of_log('periods.' ~ part ~ '_lower_log') }} as {{ part }}_lower_pct,
    {{ percent_of_log('periods.' ~ part ~ '_upper_log') }} as {{ part }}_upper_pct,
    {% endfor -%}
    periods.confidence,
    periods.grade,
    periods.reason,
    periods.detail,
    periods.caveat,
    periods.method,
    periods.n_values,
    periods.coverage,
    periods.skill_blocked_nse,
    periods.skill_random_nse,
    periods.outside_pool_share,
    periods.n_replicates,
    periods.series_hash,
    legal.is_attained as is_legal_limit_met
from periods
left join {{ ref('water_section') }} as sections
    on sections.station_code = periods.place_code
left join legal
    on legal.region_code = periods.place_code
    and legal.pollutant is not distinct from nullif(periods.item, 'all')
    and legal.period_type = periods.period_type
    and legal.period_start = periods.year_start
