{#
  Measures of areas: what a number of a city or the province is made of (a total, a base, how many inputs), before it is
  rounded. A theme keeps its measures in one mart <theme>_area_period; measured_rows makes indicator rows of it.
#}

{#
  Body of a CTE: every row once for its city and once for the province, in every period its `day` lies in. months_fed:
  months of the period in which any area has rows; where few things happen, an area without rows is no gap.
  `point`: column with the code of a station that is an area of its own.
#}
{% macro by_area_and_period(relation, day, theme, point=none) %}
    select
        members.*,
        case areas.area_level
            {% if point %}when 'station' then members.{{ point }}
            {% endif -%}
            when 'city' then substr(members.region_code, 1, 4) || '00'
            else substr(members.region_code, 1, 2) || '0000'
        end as area_code,
        areas.area_level,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        count(distinct date_trunc('month', {{ day }})) over (partition by periods.period_type, periods.period_start)
            as months_fed
    from {{ relation }} as members
    cross join (values ('city'), ('province'){% if point %}, ('station'){% endif %}) as areas (area_level)
    inner join {{ ref('dim_period') }} as periods
        on {{ day }} between periods.period_start and periods.period_end
        and periods.theme = '{{ theme }}'
{% endmacro %}

{#
  Body of a CTE: a register as it stood on the last day of every period, every row once for its city and once for the
  province. `held`: condition on members and periods by which a row counts.
#}
{% macro held_at_the_end(relation, theme, held) %}
    select
        members.*,
        case areas.area_level
            when 'city' then substr(members.region_code, 1, 4) || '00'
            else substr(members.region_code, 1, 2) || '0000'
        end as area_code,
        areas.area_level,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        periods.months_expected as months_fed
    from {{ relation }} as members
    cross join (values ('city'), ('province')) as areas (area_level)
    inner join {{ ref('dim_period') }} as periods
        on periods.theme = '{{ theme }}'
        and {{ held }}
{% endmacro %}

{#
  One SELECT of measures. value = total × scale / base, or the total where there is no base; null with `reason` unless
  `enough`, and where the base is zero. `inputs` of `expected` make the coverage.
#}
{% macro measure(code, relation, total, base=none, scale=1, inputs='count(*)', expected=none, enough='true', reason='null',
                 where='true') %}
    select
        '{{ code }}' as measure,
        area_code as region_code,
        area_level as region_level,
        period_type,
        period_start,
        cast({{ total }} as decimal(28, 9)) as total,
        cast({{ base or 'null' }} as decimal(28, 9)) as base,
        case when {{ enough }} then
            {% if base %}{{ mean_of('(' ~ total ~ ') * ' ~ scale, base) }}{% else %}cast({{ total }} as decimal(18, 9)){% endif %}
        end as value,
        cast({{ inputs }} as bigint) as n_inputs,
        cast({{ expected or inputs }} as bigint) as n_expected,
        case
            when not ({{ enough }}) then {{ reason }}
            {% if base %}when coalesce({{ base }}, 0) = 0 then 'zero_base'{% endif %}
            when {{ total }} is null then 'no_valid_input'
        end as null_reason
    from {{ relation }}
    where {{ where }}
    group by area_code, area_level, period_type, period_start, period_end, days_expected, months_expected,
        months_fed
{% endmacro %}

{#
  Indicator rows of a mart of measures, rounded once to the decimals of their cards. Where nothing was to be expected, a
  count of none is complete.
#}
{% macro measured_rows(mart, theme) %}
with inputs as (

    {{ periods_of(theme) }}

),

measures as (

    select
        marts.*,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        case cards.decimals
            {% for digits in range(5) -%}
            when {{ digits }} then {{ half_even('marts.value', digits) }}
            {% endfor -%}
        end as rounded
    from {{ mart }} as marts
    inner join inputs
        on inputs.period_type = marts.period_type
        and inputs.period_start = marts.period_start
    inner join {{ source('core', 'catalog_indicators') }} as cards
        on cards.code = marts.measure

)

{{ indicator_rows(
    '(measure)', 'measures', 'region_code', 'region_level', 'period_type', 'period_start', 'rounded',
    'case when n_expected > 0 then least(1, n_inputs / n_expected) when rounded is null then 0 else 1 end', 'n_inputs', 'inputs_hash', 'month',
    null_reason='null_reason', verified='is_verified', exact='value'
) }}
{% endmacro %}

{# Joins one rule of a theme's table of rules, as it was in force on `day`, under the rule's own name. #}
{% macro rule_join(rules, rule, day) -%}
    left join {{ rules }} as {{ rule }}
        on {{ rule }}.rule = '{{ rule }}'
        and {{ day }} between {{ rule }}.valid_from and coalesce({{ rule }}.valid_to, date '9999-12-31')
{%- endmacro %}

{# For `enough` and `reason`: the feed spoke of every month of the period. #}
{% macro fed_every_month() -%} months_fed = months_expected {%- endmacro %}
{% macro fed_too_few_months() -%} 'too_few_months: ' || months_fed || ' of ' || months_expected {%- endmacro %}

{# A difference of logarithms in percent: exp − 1. #}
{% macro percent_of_log(value) -%}
    cast((exp({{ value }}) - 1) * 100 as decimal(18, 6))
{%- endmacro %}
