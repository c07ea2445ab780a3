{# Body of a CTE: results of a survey that the laboratory calls below detection; their cells are empty, but known to be low. #}
{% macro below_detection(dataset) %}
    select distinct station_code, item, interval_end_at, batch
    from {{ source('core', 'flags') }}
    where dataset = '{{ dataset }}' and test = 'sentinel' and detail in ('L', '未检出')
{% endmacro %}
