{{ config(materialized='view') }}

-- The rows of every theme's indicator models in one form; a new model adds its name here and nowhere else. Those that are
-- estimated carry an interval.
{% set columns = ['indicator_code', 'edition', 'region_code', 'region_level', 'period_type', 'period_start', 'value',
                  'value_text', 'coverage', 'status', 'n_inputs', 'inputs_hash', 'null_reason', 'month'] | join(', ') %}
{% set estimated = [ref('ind_effort__period')] %}
{% set models = [
    ref('ind_air__hour'),
    ref('ind_air__day'),
    ref('ind_air__city_period'),
    ref('ind_air__event_period'),
    ref('ind_air__province_period'),
    ref('ind_plan__month'),
    ref('ind_enforcement__period'),
    ref('ind_carbon__period'),
    ref('ind_emergency__area_period'),
    ref('ind_radiation__area_period'),
    ref('ind_radiation__day'),
    ref('ind_soil__area_period'),
    ref('ind_waste__area_period'),
    ref('ind_noise__day'),
    ref('ind_noise__period'),
    ref('ind_sea__point'),
    ref('ind_sea__region_period'),
    ref('ind_sea__use_period'),
    ref('ind_ecology__region_period'),
    ref('ind_gep__region_period'),
    ref('ind_ghg__site_period'),
    ref('ind_resources__region_period'),
    ref('ind_weather__city_period'),
    ref('ind_assets__month'),
    ref('ind_yangtze_delta__period'),
    ref('ind_services__area_period'),
    ref('ind_water__hour'),
    ref('ind_water__day'),
    ref('ind_water__section_period'),
    ref('ind_water__group_period'),
] -%}

{% for model in models -%}
select
    {{ columns }},
    cast(null as decimal(18, 4)) as lower,
    cast(null as decimal(18, 4)) as upper,
    cast(null as decimal(5, 4)) as confidence
from {{ model }}
union all
{% endfor -%}
{% for model in estimated -%}
select {{ columns }}, lower, upper, confidence from {{ model }}
{{ 'union all' if not loop.last }}
{% endfor %}
