{#
  Surface water: the class of a value by GB 3838, its rounding, and what a class is called. Only SQL text: the macros need
  no dbt context, so that a test can run the same expressions alone.
#}

{# Class 1-6 (6 = worse than V) of a value; `limits` is a row of water_limits. #}
{% macro water_class(value, limits='limits') -%}
    case
        when {{ value }} is null or {{ limits }}.direction is null then null
        when {{ limits }}.direction = 'range' then
            case when {{ value }} >= {{ limits }}.range_min and {{ value }} <= {{ limits }}.range_max then 1 else 6 end
        {% for n in range(1, 6) -%}
        when {{ limits }}.direction = 'max' and {{ value }} <= {{ limits }}.class{{ n }} then {{ n }}
        when {{ limits }}.direction = 'min' and {{ value }} >= {{ limits }}.class{{ n }} then {{ n }}
        {% endfor -%}
        else 6
    end
{%- endmacro %}

{# The same, were a value that stands exactly at a limit beyond it: published values are rounded, the class was not. #}
{% macro water_class_beyond(value, limits='limits') -%}
    case
        when {{ value }} is null or {{ limits }}.direction is null then null
        when {{ limits }}.direction = 'range' then
            case when {{ value }} > {{ limits }}.range_min and {{ value }} < {{ limits }}.range_max then 1 else 6 end
        {% for n in range(1, 6) -%}
        when {{ limits }}.direction = 'max' and {{ value }} < {{ limits }}.class{{ n }} then {{ n }}
        when {{ limits }}.direction = 'min' and {{ value }} > {{ limits }}.class{{ n }} then {{ n }}
        {% endfor -%}
        else 6
    end
{%- endmacro %}

{#
  Where a published class comes from (measured on the 103 sections of April 2021): from the row's own values; from a value
  that stands at a limit only because it was rounded; carried over from the cycle before, which the feed does at 00:00 in
  half of the rows where the two differ, and seldom at other hours.
#}
{% macro published_class_origin(published, own, beyond_fits, carried_fits) -%}
    case
        when {{ published }} is null or {{ own }} is null then null
        when {{ published }} = {{ own }} then 'own_values'
        when {{ beyond_fits }} then 'at_a_limit'
        when {{ carried_fits }} then 'cycle_before'
        else 'unexplained'
    end
{%- endmacro %}

{#
  A value rounded half to even at a number of decimals (0-6) that a column says; where that would make 0 of something,
  its first significant digit stays (GB/T 8170 as water laboratories apply it). Not negative, 1e-8 the smallest step.
#}
{% macro half_even_at(value, decimals) -%}
    {%- set snapped = "cast(round(cast(" ~ value ~ " as decimal(28, 9)) * cast(100000000 as decimal(9, 0))) as bigint)" -%}
    {%- set wanted = "cast(power(10, 8 - " ~ decimals ~ ") as bigint)" -%}
    {%- set first = "cast(power(10, length(cast(" ~ snapped ~ " as varchar)) - 1) as bigint)" -%}
    {# what rounds to zero: at most half of a step, the tie to the even zero included #}
    {%- set step = "case when " ~ snapped ~ " * 2 <= " ~ wanted ~ " then least(" ~ first ~ ", " ~ wanted ~ ") else " ~ wanted ~ " end" -%}
    cast(
        cast(
            (
                {{ snapped }} // ({{ step }})
                + case
                    when ({{ snapped }} % ({{ step }})) * 2 > ({{ step }}) then 1
                    when ({{ snapped }} % ({{ step }})) * 2 = ({{ step }}) and ({{ snapped }} // ({{ step }})) % 2 = 1 then 1
                    else 0
                end
            ) * ({{ step }})
            as decimal(18, 0)
        ) * cast(0.00000001 as decimal(9, 8))
        as decimal(18, 9)
    )
{%- endmacro %}

{# Mean of pH values: of the hydrogen ions, not of their exponents. Of other items: the arithmetic mean. #}
{% macro water_mean(item, value, where='true') -%}
    case
        when {{ item }} = 'ph' then
            cast(-log10(sum(power(10, -cast({{ value }} as double))) filter (where {{ where }})
                / nullif(count({{ value }}) filter (where {{ where }}), 0)) as decimal(18, 9))
        else
            cast(cast(sum({{ value }}) filter (where {{ where }}) as double)
                / nullif(count({{ value }}) filter (where {{ where }}), 0) as decimal(18, 9))
    end
{%- endmacro %}

{# Exceedance multiple over class III: (C - S) / S; none for pH and oxygen, none where class III is met. #}
{% macro exceedance_multiple(value, limits='limits') -%}
    case when {{ limits }}.direction = 'max' and {{ value }} > {{ limits }}.class3
        then cast((cast({{ value }} as double) - {{ limits }}.class3) / {{ limits }}.class3 as decimal(18, 9)) end
{%- endmacro %}

{# Share of the city index: C / SIII; oxygen SIII / C; pH by its distance from 7 (2 above, 1 below). #}
{% macro cwqi_part(item, value, limits='limits') -%}
    case
        when {{ value }} is null then null
        when {{ item }} = 'ph' and {{ value }} <= 7 then cast(7 - {{ value }} as double)
        when {{ item }} = 'ph' then cast({{ value }} - 7 as double) / 2
        when {{ limits }}.direction = 'min' then {{ limits }}.class3 / cast(nullif({{ value }}, 0) as double)
        else cast({{ value }} as double) / {{ limits }}.class3
    end
{%- endmacro %}

{# One part of the trophic level index: 10 (a + b ln x), x in the unit of the row of water_tli_parameters. #}
{% macro tli_part(value, parameters='parameters') -%}
    case when {{ value }} > 0 then 10 * ({{ parameters }}.a + {{ parameters }}.b * ln(cast({{ value }} as double)
        * {{ parameters }}.factor_to_tli)) end
{%- endmacro %}

{# What a class is called; 6 is worse than V. #}
{% macro class_name(value) -%}
    case {{ value }} when 1 then 'Ⅰ' when 2 then 'Ⅱ' when 3 then 'Ⅲ' when 4 then 'Ⅳ' when 5 then 'Ⅴ' when 6 then '劣Ⅴ' end
{%- endmacro %}

{# Automatic items of a cycle and a day; the five that a class needs at least come first. #}
{% macro auto_items() -%}
    {{ return(['ph', 'dissolved_oxygen_mg_l', 'codmn_mg_l', 'nh3n_mg_l', 'tp_mg_l', 'tn_mg_l', 'water_temperature_degc',
               'chlorophyll_a_mg_l']) }}
{%- endmacro %}

{# What a change of grade is called; steps are better when positive. #}
{% macro grade_verdict(steps) -%}
    case
        when {{ steps }} >= 2 then '明显好转' when {{ steps }} = 1 then '有所好转' when {{ steps }} = 0 then '无明显变化'
        when {{ steps }} = -1 then '有所变差' when {{ steps }} <= -2 then '明显变差'
    end
{%- endmacro %}

{# Body of a CTE: rows of a mart that compares with the same period of the year before, with what both depend on. #}
{% macro with_inputs_of_both(mart) %}
    select
        marts.*,
        sha256(now.inputs_hash || '+' || before.inputs_hash) as inputs_hash,
        now.month,
        now.is_verified and before.is_verified as is_verified
    from {{ mart }} as marts
    inner join inputs as now
        on now.period_type = marts.period_type and now.period_start = marts.period_start
    inner join inputs as before
        on before.period_type = marts.period_type and before.period_start = marts.period_start - interval 1 year
{% endmacro %}
