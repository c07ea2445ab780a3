{# Enough valid points for a city: 75 %, or 50 % where there are fewer than four (HJ 663, parameters of the edition). #}
{% macro enough_points(valid, points, editions='editions') -%}
    {{ valid }} >= {{ points }} * case
        when {{ points }} < {{ editions }}.city_small_below then {{ editions }}.city_min_share_small
        else {{ editions }}.city_min_share
    end
    and {{ valid }} > 0
{%- endmacro %}

{# Body of a CTE: how many points a city has in each month that is built. #}
{% macro points_of_cities() %}
    select region_code, month, count(*) as points
    from {{ ref('air_station_month') }}
    where {{ month_scope() }}
    group by region_code, month
{% endmacro %}

{# Body of a CTE: per city and `times`, sum and number of the points' values of each column. #}
{% macro sums_over_points(relation, columns, times) %}
    select
        stations.region_code,
        stations.region_level,
        {% for time in times -%}
        marts.{{ time }},
        {% endfor -%}
        {% for column in columns -%}
        sum(marts.{{ column }}) as {{ column }}_sum,
        count(marts.{{ column }}) as {{ column }}_points{{ ',' if not loop.last }}
        {% endfor %}
    from {{ relation }} as marts
    inner join {{ ref('dim_station') }} as stations
        on stations.station_code = marts.station_code
    where stations.region_code is not null and {{ month_scope('marts.month') }}
    group by all
{% endmacro %}

{# A city's value: the mean of its points where enough of them are valid; rows are `sums`, `points` and `editions`. #}
{% macro mean_of_points(column) -%}
    case when {{ enough_points('sums.' ~ column ~ '_points', 'points.points') }}
        then {{ mean_of('sums.' ~ column ~ '_sum', 'sums.' ~ column ~ '_points') }} end
{%- endmacro %}
