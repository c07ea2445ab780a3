-- Forecasts of the AQI against what came: a hit lies in the range that the forecaster gave.
{% set leads = [1, 3, 7] %}
{% set scored = 'count(aqi_low + aqi_high + aqi_observed)' %}
with forecasts as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__air_forecast_scores') }}) as rows

),

areas as ({{ by_area_and_period('forecasts', 'members.local_date', 'services') }})

{% for lead in leads -%}
{{ measure('services_forecast_hit_share_' ~ lead ~ 'd', 'areas',
           'count(*) filter (where aqi_observed between aqi_low and aqi_high)', scored, 100, inputs=scored,
           expected='count(distinct region_code) * days_expected', enough=fed_every_month(), reason=fed_too_few_months(),
           where='lead_d = ' ~ lead) }}
{{ 'union all' if not loop.last }}
{% endfor %}
