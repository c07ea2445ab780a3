-- Rulebooks as they apply: 'in-force' follows the observation's date, any other edition applies to all of history.
with parameters as (

    select
        assessment_edition,
        {% for rule in ['day_min_hours', 'o3_8h_min_hours', 'o3_day_min_windows', 'o3_first_window_hour', 'month_min_days',
                        'february_min_days', 'year_min_days', 'city_min_share', 'city_min_share_small', 'city_small_below'] -%}
        max(case when rule = '{{ rule }}' then value end) as {{ rule }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('air_validity') }}
    group by assessment_edition

),

applied as (

    select
        'in-force' as edition,
        edition as rulebook,
        valid_from as applies_from,
        coalesce(valid_to, date '9999-12-31') as applies_to,
        limits_edition,
        aqi_edition,
        assessment_edition,
        ranking_edition
    from {{ ref('air_rulebooks') }}
    union all
    select
        edition,
        edition as rulebook,
        date '0001-01-01' as applies_from,
        date '9999-12-31' as applies_to,
        limits_edition,
        aqi_edition,
        assessment_edition,
        ranking_edition
    from {{ ref('air_rulebooks') }}

)

select
    applied.edition,
    applied.rulebook,
    applied.applies_from,
    applied.applies_to,
    applied.limits_edition,
    applied.aqi_edition,
    applied.assessment_edition,
    applied.ranking_edition,
    parameters.day_min_hours,
    parameters.o3_8h_min_hours,
    parameters.o3_day_min_windows,
    parameters.o3_first_window_hour,
    parameters.month_min_days,
    parameters.february_min_days,
    parameters.year_min_days,
    parameters.city_min_share,
    parameters.city_min_share_small,
    parameters.city_small_below
from applied
inner join parameters
    on parameters.assessment_edition = applied.assessment_edition
