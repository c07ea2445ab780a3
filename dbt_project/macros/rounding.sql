{#
  Rounding by GB/T 8170: half to even, once, on the decimal value.

  A mean is kept as decimal(18,9): the sum of decimals is exact, its quotient is off by at most 5e-10, the mean of such
  means by at most 1e-9. Before the tie is judged the value is snapped to 1e-8, which restores every true tie and cannot
  make one: a mean of up to 12 daily means of 20-24 hours is at least 2e-8 away from a tie it does not hit.
#}

{# Mean of exact decimals, reproducible whatever the order of the rows. #}
{% macro mean_of(total, n) -%}
    cast(cast({{ total }} as double) / nullif({{ n }}, 0) as decimal(18, 9))
{%- endmacro %}

{# decimal(18,9) → decimal(18,4) rounded half to even at `digits` (0-4) decimals; values are not negative. #}
{% macro half_even(value, digits=0) -%}
    {%- set step = 10 ** (8 - digits) -%}
    {%- set snapped = "cast(round(cast(" ~ value ~ " as decimal(28, 9)) * cast(100000000 as decimal(9, 0))) as bigint)" -%}
    {%- set units -%}
        {{ whole_quotient(snapped, step) }}
        + case
            when ({{ snapped }} % {{ step }}) * 2 > {{ step }} then 1
            when ({{ snapped }} % {{ step }}) * 2 = {{ step }} and ({{ whole_quotient(snapped, step) }}) % 2 = 1 then 1
            else 0
        end
    {%- endset -%}
    {%- if digits == 0 -%}
        cast(({{ units }}) as decimal(18, 4))
    {%- else -%}
        cast(
            cast(({{ units }}) as decimal(13, 0)) * cast({{ 10 ** -digits }} as decimal({{ digits + 1 }}, {{ digits }}))
            as decimal(18, 4)
        )
    {%- endif -%}
{%- endmacro %}

{# The same for values that may be negative: rounding is symmetric about zero. #}
{% macro half_even_signed(value, digits=0) -%}
    case when {{ value }} < 0 then -1 else 1 end * {{ half_even('abs(' ~ value ~ ')', digits) }}
{%- endmacro %}
