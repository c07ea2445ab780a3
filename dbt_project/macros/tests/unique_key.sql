{# Keys that stand twice or have an empty part. `by_month`: a key never moves between months, so the built ones suffice. #}
{% test unique_key(model, columns, by_month=false, always=none) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_of_key
from {{ model }}
where {{ tested_rows(always=always) if by_month else 'true' }}
group by {{ columns | join(', ') }}
having count(*) > 1 or {{ columns | join(' is null or ') }} is null
{% endtest %}
