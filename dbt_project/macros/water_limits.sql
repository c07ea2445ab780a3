{# Body of a CTE: rows of items with the limits in force at the end of their period, and the value rounded as they ask. #}
{% macro with_water_limits(rows) %}
    select
        {{ rows }}.*,
        limits.limits_edition,
        limits.item_zh,
        coalesce(limits.in_21, false) as in_21,
        coalesce(limits.named_first, false) as named_first,
        limits.direction,
        {% for n in range(1, 6) -%}
        limits.class{{ n }},
        {% endfor -%}
        limits.range_min,
        limits.range_max,
        {{ half_even_at(rows ~ '.value', 'coalesce(limits.decimals, 6)') }} as rounded_value
    from {{ rows }}
    left join {{ ref('water_limits') }} as limits
        on limits.item = {{ rows }}.item
        and limits.water_type = {{ rows }}.water_type
        and {{ rows }}.period_end between limits.valid_from and limits.valid_to
{% endmacro %}
