{#
  Incremental by local month: the months that var('months') names for a model's theme are deleted and computed again, all
  others stay. No months means every month: all rows are deleted and computed again, so a second build never doubles a
  row. A month that lost all its rows disappears.
#}
{% macro month_scope(column='month') -%}
    {%- set months = var('months').get(theme_of(model), []) -%}
    {%- if months and is_incremental() -%}
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
    where theme = '{{ theme }}' and {{ period_scope() }}
{% endmacro %}

{#
  Incremental by period: a month that is built anew touches itself, its quarter, its year and every year to date (whose last
  day is the theme's); all other periods stay. A theme's own months count; for a model that unites themes those of all.
  `later`: years by which a period's effect reaches on, as for a comparison with the year before.
#}
{% macro period_scope(relation=none, later=[0]) -%}
    {%- set own = theme_of(model) -%}
    {%- set months = [] -%}
    {%- for theme, named in var('months').items() if own is none or theme == own -%} {%- do months.extend(named) -%} {%- endfor -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- if months and is_incremental() -%}
        {%- set starts = {'month': [], 'quarter': [], 'year': []} -%}
        {%- for month in months -%}
            {%- for years in later -%}
                {%- set year, number = month[:4] | int + years, month[5:] | int -%}
                {%- do starts['month'].append("date '%04d-%02d-01'" % (year, number)) -%}
                {%- do starts['quarter'].append("date '%04d-%02d-01'" % (year, (number - 1) // 3 * 3 + 1)) -%}
                {%- do starts['year'].append("date '%04d-01-01'" % year) -%}
            {%- endfor -%}
        {%- endfor -%}
        ({{ prefix }}period_type = 'ytd'
        {%- for type, days in starts.items() %}
        or ({{ prefix }}period_type = '{{ type }}' and {{ prefix }}period_start in ({{ days | unique | sort | join(', ') }}))
        {%- endfor -%}
        )
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro forget_periods(later=[0]) -%}
    {%- if is_incremental() -%} delete from {{ this }} where {{ period_scope(later=later) }}
    {%- else -%} select 1
    {%- endif -%}
{%- endmacro %}
