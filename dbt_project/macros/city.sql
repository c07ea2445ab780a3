{# Enough valid points for a city: 75 %, or 50 % where there are fewer than four (HJ 663, parameters of the edition). #}
{% macro enough_points(valid, points, editions='editions') -%}
    {{ valid }} >= {{ points }} * case
        when {{ points }} < {{ editions }}.city_small_below then {{ editions }}.city_min_share_small
        else {{ editions }}.city_min_share
    end
    and {{ valid }} > 0
{%- endmacro %}
