{#
  Which rows a test of a monthly table has to look at: the months just built when var('months') names them, else all.
  `always` names rows that every build makes anew, whatever the months.
#}
{% macro tested_rows(column='month', always=none) -%}
    {%- set months = [] -%}
    {%- for theme in var('months') -%} {%- do months.extend(var('months')[theme]) -%} {%- endfor -%}
    {%- if months -%}
        ({{ column }} in ('{{ months | unique | join("', '") }}'){{ ' or ' ~ always if always }})
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}
