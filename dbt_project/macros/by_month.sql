{#
  Incremental by local month: the months that var('months') names for a model's theme are deleted and computed again, all
  others stay. No months means every month: all rows are deleted and computed again, so a second build never doubles a
  row. A month that lost all its rows disappears.
#}
{% macro month_scope(column='month') -%}
    {%- set months = var('months').get(theme_of(model), []) -%}
    {%- if is_incremental() and months -%}
        {{ column }} in ('{{ months | join("', '") }}')
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro forget_months() -%}
    {%- if is_incremental() -%} delete from {{ this }} where {{ month_scope() }}
    {%- else -%} select 1
    {%- endif -%}
{%- endmacro %}

{# The theme a model belongs to: the folder below staging, themes or indicators. #}
{% macro theme_of(node) -%}
    {{ return(node.fqn[2] if node.fqn | length > 3 else none) }}
{%- endmacro %}

{# Local months of a theme: what their numbers depend on, and whether its sources are past correction. #}
{% macro months_of(theme) %}
    select month, inputs_hash, is_verified from {{ source('core', 'months') }} where theme = '{{ theme }}'
{% endmacro %}

{#
  Body of a CTE: the periods of a theme (month, quarter, year, ytd) with their last day, what their numbers depend on,
  whether that is past correction, and the month they are filed under.
#}
{% macro periods_of(theme) %}
    select
        *,
        case when period_type = 'month' then {{ iso_month('period_start') }} else {{ iso_month('period_end') }} end as month
    from {{ ref('period_inputs') }}
    where theme = '{{ theme }}'
{% endmacro %}
