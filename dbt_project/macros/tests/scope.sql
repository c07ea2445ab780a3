{#
  Which rows a test of a monthly table has to look at: the months just built when var('months') names them, else all.
  `always` names rows that every build makes anew, whatever the months.
#}
{% macro tested_rows(column='month', always=none) -%}
    {%- if var('months') -%}
        ({{ column }} in ('{{ var('months') | join("', '") }}'){{ ' or ' ~ always if always }})
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}
