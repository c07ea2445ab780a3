{#
  Enough valid days (GB 3095 table 4): a month needs 27 (February 25), a year 324 and every month of it; a quarter and the
  year to date need every month. A month that the period covers only in part may lack as many days as a full one: in
  the first days of a year that is every day, so at least one valid day is asked for besides.
#}
{% macro month_is_valid(days_valid, days_in_scope, month_start, editions='editions') -%}
    {{ days_valid }} >= {{ days_in_scope }} - (
        extract(day from last_day({{ month_start }}))
        - case when extract(month from {{ month_start }}) = 2
            then {{ editions }}.february_min_days else {{ editions }}.month_min_days end
    )
{%- endmacro %}

{% macro period_is_valid(period_type, days_valid, months_valid, months_expected, editions='editions') -%}
    {{ days_valid }} > 0
    and {{ months_valid }} = {{ months_expected }}
    and ({{ period_type }} <> 'year' or {{ days_valid }} >= {{ editions }}.year_min_days)
{%- endmacro %}
