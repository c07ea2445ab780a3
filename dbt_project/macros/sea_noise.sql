{# Energy of sound levels. Energies are kept as exact decimals: their sum does not depend on the order of the rows. #}

{# 10^(0.1 L): 140 dB, the end of a sound level meter's range, is 1e14. #}
{% macro energy(level) -%}
    cast(power(10, cast({{ level }} as double) / 10) as decimal(38, 12))
{%- endmacro %}

{# Level of the mean energy, in dB. #}
{% macro level_of_mean(energy_sum, n) -%}
    cast(10 * log10(cast({{ energy_sum }} as double) / nullif({{ n }}, 0)) as decimal(18, 9))
{%- endmacro %}

{# Day-night level: 16 hours of day, 8 of night made 10 dB louder. #}
{% macro day_night_level(ld, ln) -%}
    cast(10 * log10(
        (16 * power(10, cast({{ ld }} as double) / 10) + 8 * power(10, (cast({{ ln }} as double) + 10) / 10)) / 24
    ) as decimal(18, 9))
{%- endmacro %}

{# Body of a CTE: rules of an edition seed (rule, value, valid_from, valid_to) as columns, one row a span of validity. #}
{% macro rules_as_columns(seed, rules) %}
    select
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
        {%- for rule in rules %},
        max(case when rule = '{{ rule }}' then value end) as {{ rule }}
        {%- endfor %}
    from {{ seed }}
    group by valid_from, valid_to
{% endmacro %}

{#
  month_scope for rows that read across the end of a month: the months named by var('months'), each shifted by every one
  of `shifts`. A night that begins on the last day of a month ends in the next: new hours of a month change the month
  before, and a month can only be computed with the first hours of the month after.
#}
{% macro shifted_month_scope(shifts, column='month') -%}
    {%- set months = var('months').get(theme_of(model), []) -%}
    {%- if is_incremental() and months -%}
        {%- set wanted = [] -%}
        {%- for month in months -%}
            {%- for shift in shifts -%}
                {%- set n = month[:4] | int * 12 + month[5:] | int - 1 + shift -%}
                {%- do wanted.append('%04d-%02d' % (n // 12, n % 12 + 1)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ column }} in ('{{ wanted | unique | join("', '") }}')
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro forget_nights() -%}
    {%- if is_incremental() -%} delete from {{ this }} where {{ shifted_month_scope([-1, 0]) }}
    {%- else -%} select 1
    {%- endif -%}
{%- endmacro %}
