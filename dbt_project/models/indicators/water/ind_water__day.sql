{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_months() }}") }}

-- Class and daily means of each automatic section.
{% set means = [('ph', 'ph', 2), ('do', 'dissolved_oxygen_mg_l', 2), ('codmn', 'codmn_mg_l', 2), ('nh3n', 'nh3n_mg_l', 3),
                ('tp', 'tp_mg_l', 3), ('tn', 'tn_mg_l', 2)] %}

with known as (

    {{ months_of('water') }}

),

days as (

    select
        days.*,
        known.inputs_hash,
        known.is_verified
    from {{ ref('water_section_day') }} as days
    inner join known
        on known.month = days.month
    where {{ month_scope('days.month') }}

)

{{ indicator_rows(
    'water_auto_class', 'days', 'station_code', "'section'", "'day'", 'local_date', 'water_class', 'items_classed / 5.0',
    'items_classed', 'inputs_hash', 'month', verified='is_verified',
    null_reason="'too_few_cycles: ' || items_classed || ' of 5 items valid'",
    text=class_name('water_class') ~ " || coalesce(' ' || worst_items, '')"
) }}
{% for code, column, digits in means %}
union all
{{ indicator_rows(
    'water_' ~ code ~ '_day', 'days', 'station_code', "'section'", "'day'", 'local_date', half_even(column, digits),
    'cycles / 6.0', 'cycles', 'inputs_hash', 'month', verified='is_verified', null_reason="'too_few_cycles'",
    exact=column
) }}
{% endfor %}
