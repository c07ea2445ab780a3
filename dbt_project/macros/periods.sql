{# Body of a CTE: rows of a mart by period with what they depend on. #}
{% macro with_inputs(mart) %}
    select
        marts.*,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified
    from {{ mart }} as marts
    inner join inputs
        on inputs.period_type = marts.period_type and inputs.period_start = marts.period_start
{% endmacro %}

{# Why a period has no value, for rows that know their days and months. #}
{% macro too_few_days() -%}
    'too_few_days: ' || days_valid || ' of ' || days_expected || ', ' || months_valid || ' of ' || months_expected
    || ' months complete'
{%- endmacro %}
