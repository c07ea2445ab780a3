{# What a dataset of station hours says, item by item: the three sources of hours share one form. #}
{% macro station_hours(dataset) -%}
select
    station_code,
    item,
    interval_start_at,
    interval_end_at,
    month,
    value,
    authority,
    batch,
    line
from {{ source('core', 'air__' ~ dataset) }}
{%- endmacro %}
