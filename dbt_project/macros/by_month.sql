{#
  Incremental by local month: the months named by var('months') are deleted and computed again, all others stay.
  An empty list means every month: all rows are deleted and computed again, so a second build never doubles a row.
  A month that lost all its rows disappears.
#}
{% macro month_scope(column='month') -%}
    {%- if is_incremental() and var('months') -%}
        {{ column }} in ('{{ var('months') | join("', '") }}')
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro forget_months() -%}
    {%- if is_incremental() -%} delete from {{ this }} where {{ month_scope() }}
    {%- else -%} select 1
    {%- endif -%}
{%- endmacro %}
