{{ config(materialized='view') }}

-- The rows of every theme's indicator models in one form; a new model adds its name here and nowhere else.
{% set columns = ['indicator_code', 'edition', 'region_code', 'region_level', 'period_type', 'period_start', 'value',
                  'value_text', 'coverage', 'status', 'n_inputs', 'inputs_hash', 'null_reason', 'month'] | join(', ') %}
{% set models = [
    ref('ind_air__hour'),
    ref('ind_air__day'),
    ref('ind_air__city_period'),
    ref('ind_air__province_period'),
    ref('ind_water__hour'),
    ref('ind_water__day'),
    ref('ind_water__section_period'),
    ref('ind_water__group_period'),
] -%}

{% for model in models -%}
select {{ columns }} from {{ model }}
{{ 'union all' if not loop.last }}
{% endfor %}
