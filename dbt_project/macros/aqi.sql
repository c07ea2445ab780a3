{#
  AQI of a row (HJ 633): IAQI = table entry of the rounded concentration, AQI = the largest IAQI.
  A component is (code, value column, decimals); its code is pollutant or pollutant_averaging where a report has two.
#}
{% macro hour_components() -%}
    {{ return([('pm25', 'pm25_ug_m3', 0), ('pm10', 'pm10_ug_m3', 0), ('so2', 'so2_ug_m3', 0),
               ('no2', 'no2_ug_m3', 0), ('o3_1h', 'o3_ug_m3', 0), ('co', 'co_mg_m3', 1)]) }}
{%- endmacro %}

{% macro day_components() -%}
    {{ return([('pm25', 'pm25_ug_m3', 0), ('pm10', 'pm10_ug_m3', 0), ('so2', 'so2_ug_m3', 0), ('no2', 'no2_ug_m3', 0),
               ('o3_8h', 'o3_mda8_ug_m3', 0), ('o3_1h', 'o3_max1h_ug_m3', 0), ('co', 'co_mg_m3', 1)]) }}
{%- endmacro %}

{# Joins that bring the IAQI of each component into a row; `row` has aqi_edition and the value columns. #}
{% macro iaqi_joins(report, components, row='base') -%}
    {%- for code, column, decimals in components %}
    left join {{ ref('iaqi_table') }} as iaqi_{{ code }}
        on iaqi_{{ code }}.aqi_edition = {{ row }}.aqi_edition
        and iaqi_{{ code }}.report = '{{ report }}'
        and iaqi_{{ code }}.component = '{{ code }}'
        and iaqi_{{ code }}.step = {{ iaqi_step(row ~ '.' ~ column, decimals) }}
    {%- endfor %}
{%- endmacro %}

{# Rounded concentration in units of its last published digit; the table ends at 5001, above every breakpoint. #}
{% macro iaqi_step(value, decimals) -%}
    case
        when {{ value }} >= {{ 5001 // 10 ** decimals }} then 5001
        else cast({{ half_even(value, decimals) }} {% if decimals %}* {{ 10 ** decimals }}{% endif %} as integer)
    end
{%- endmacro %}

{% macro largest_iaqi(components) -%}
    greatest({% for code, _, _ in components %}iaqi_{{ code }}.iaqi{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# How many of the six pollutants have an IAQI; ozone counts once. #}
{% macro pollutants_present(components) -%}
    ({% for code, _, _ in components if not (code == 'o3_1h' and components | length > 6) -%}
        cast(iaqi_{{ code }}.iaqi is not null as integer){{ ' + ' if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{# Pollutants at the maximum, when AQI > 50, in the standard's order of listing; several are listed together. #}
{% macro primary_pollutants(components) -%}
    case when {{ largest_iaqi(components) }} > 50 then concat_ws(','
    {%- set seen = [] -%}
    {%- for code, _, _ in components -%}
        {%- set name = {'pm25': 'PM2.5', 'pm10': 'PM10', 'so2': 'SO2', 'no2': 'NO2', 'co': 'CO'}.get(code, 'O3') -%}
        {%- if name not in seen -%}
            {%- do seen.append(name) -%}
            {%- set indices = [] -%}
            {%- for c, _, _ in components if c[:2] == code[:2] and (c[:2] == 'o3' or c == code) -%}
                {%- do indices.append('iaqi_' ~ c ~ '.iaqi') -%}
            {%- endfor %}
            , case when {{ indices[0] if indices | length == 1 else 'greatest(' ~ indices | join(', ') ~ ')' }} = {{ largest_iaqi(components) }} then '{{ name }}' end
        {%- endif -%}
    {%- endfor -%}
    ) end
{%- endmacro %}

{# An AQI without all six pollutants is published only when it already exceeds 100 (HJ 633-2026, missing pollutants). #}
{% macro published_aqi(aqi, present) -%}
    case when {{ present }} = 6 or {{ aqi }} > 100 then {{ aqi }} end
{%- endmacro %}

{# Bodies of two CTEs: rows of `row` with their largest IAQI, then the AQI as it is published. #}
{% macro indexed(report, components, row='base') %}
    select
        {{ row }}.*,
        {{ largest_iaqi(components) }} as largest_iaqi,
        {{ pollutants_present(components) }} as pollutants_present,
        {{ primary_pollutants(components) }} as candidates
    from {{ row }}
    {{ iaqi_joins(report, components, row) }}
{% endmacro %}

{% macro aqi_columns() -%}
    {{ published_aqi('largest_iaqi', 'pollutants_present') }} as aqi,
    case when {{ published_aqi('largest_iaqi', 'pollutants_present') }} is not null then candidates end as primary_pollutants,
    pollutants_present
{%- endmacro %}

{# Joins the level that an AQI lies in; `row` has aqi and aqi_edition. #}
{% macro level_join(row) -%}
    left join {{ ref('air_levels') }} as levels
        on levels.aqi_edition = {{ row }}.aqi_edition
        and {{ row }}.aqi between case when levels.level = 1 then 0 else levels.aqi_min end and levels.aqi_max
{%- endmacro %}

{# How many pollutants share the first place; 0 = none needs naming, null = no AQI. #}
{% macro count_primary() -%}
    case when aqi is not null then
        length(coalesce(primary_pollutants, '')) - length(replace(coalesce(primary_pollutants, ''), ',', ''))
        + cast(primary_pollutants is not null as integer)
    end
{%- endmacro %}
