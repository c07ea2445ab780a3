{# Body of a CTE: results of a survey that the laboratory calls below detection; their cells are empty, but known to be low. #}
{% macro below_detection(dataset) %}
    select distinct station_code, item, interval_end_at, batch
    from {{ source('core', 'flags') }}
    where dataset = '{{ dataset }}' and test = 'sentinel' and detail in ('L', '未检出')
{% endmacro %}

{# Body of a CTE: rows of a survey with the mark whether the laboratory called them below detection. #}
{% macro with_detection(rows, dataset) %}
    select
        {{ rows }}.*,
        undetected.station_code is not null as is_below_detection
    from {{ rows }}
    left join ({{ below_detection(dataset) }}) as undetected
        on undetected.station_code = {{ rows }}.station_code
        and undetected.interval_end_at = {{ rows }}.interval_end_at
        and undetected.item = {{ rows }}.item
        and undetected.batch = {{ rows }}.batch
{% endmacro %}
