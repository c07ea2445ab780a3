{#
  One SELECT of indicator rows (design.md, section 4) from a mart. Unit and contract are added by indicator_values.
  `value` null needs `null_reason`; text beside a number goes to `text`; `exact` is the value before rounding;
  `lower`, `upper` and `confidence` bound a value that is estimated.
#}
{% macro indicator_rows(code, relation, region, level, period_type, period_start, value, coverage, n_inputs, inputs_hash,
                        month, edition="'in-force'", text='null', null_reason='null', verified='false', where='true', exact=none, lower=none, upper=none,
                        confidence=none) %}
    select
        {{ code if code.startswith('(') else "'" ~ code ~ "'" }} as indicator_code,
        {{ edition }} as edition,
        {{ region }} as region_code,
        {{ level }} as region_level,
        {{ period_type }} as period_type,
        cast({{ period_start }} as timestamp) as period_start,
        cast({{ value }} as decimal(18, 4)) as value,
        cast({{ text }} as varchar) as value_text,
        cast({{ coverage }} as decimal(7, 4)) as coverage,
        cast({{ n_inputs }} as bigint) as n_inputs,
        {{ inputs_hash }} as inputs_hash,
        {{ month }} as month,
        case when {{ value }} is null then {{ null_reason }} end as null_reason,
        case when {{ verified }} then 'verified' else 'provisional' end as status,
        {% if confidence -%}
        cast({{ lower }} as decimal(18, 4)) as lower,
        cast({{ upper }} as decimal(18, 4)) as upper,
        cast({{ confidence }} as decimal(5, 4)) as confidence,
        {% endif -%}
        cast({{ exact or value }} as decimal(18, 9)) as exact
    from {{ relation }}
    where {{ where }}
{% endmacro %}
