{# What differs between DuckDB and Spark, and nothing else. #}

{# Wall clock of the province at a UTC instant, as a timestamp without zone. #}
{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time')(instant)) }}
{%- endmacro %}
{% macro default__local_time(instant) -%} timezone('Asia/Shanghai', {{ instant }}) {%- endmacro %}
{% macro spark__local_time(instant) -%} from_utc_timestamp({{ instant }}, 'Asia/Shanghai') {%- endmacro %}

{# The value known last; a withdrawn value (null) that is newer wins too. #}
{% macro newest(value, knowledge, condition) -%}
    {{ return(adapter.dispatch('newest')(value, knowledge, condition)) }}
{%- endmacro %}
{% macro default__newest(value, knowledge, condition) -%}
    arg_max_null({{ value }}, {{ knowledge }}) filter (where {{ condition }})
{%- endmacro %}
{% macro spark__newest(value, knowledge, condition) -%}
    max_by({{ value }}, {{ knowledge }}) filter (where {{ condition }})
{%- endmacro %}

{# Percentile by linear interpolation, k = 1 + (n - 1) p (HJ 663-2013 annex A). #}
{% macro percentile(value, p) -%}
    {{ return(adapter.dispatch('percentile')(value, p)) }}
{%- endmacro %}
{% macro default__percentile(value, p) -%}
    cast(quantile_cont(cast({{ value }} as double), {{ p }}) as decimal(18, 9))
{%- endmacro %}
{% macro spark__percentile(value, p) -%}
    cast(percentile(cast({{ value }} as double), {{ p }}) as decimal(18, 9))
{%- endmacro %}

{% macro iso_month(day) -%}
    {{ return(adapter.dispatch('iso_month')(day)) }}
{%- endmacro %}
{% macro default__iso_month(day) -%} strftime({{ day }}, '%Y-%m') {%- endmacro %}
{% macro spark__iso_month(day) -%} date_format({{ day }}, 'yyyy-MM') {%- endmacro %}

{# The distinct values of a group as a list, and whether a list holds a value. #}
{% macro collected(value) -%}
    {{ return(adapter.dispatch('collected')(value)) }}
{%- endmacro %}
{% macro default__collected(value) -%} list(distinct {{ value }}) {%- endmacro %}
{% macro spark__collected(value) -%} collect_set({{ value }}) {%- endmacro %}

{% macro contains(items, value) -%}
    {{ return(adapter.dispatch('contains')(items, value)) }}
{%- endmacro %}
{% macro default__contains(items, value) -%} list_contains({{ items }}, {{ value }}) {%- endmacro %}
{% macro spark__contains(items, value) -%} array_contains({{ items }}, {{ value }}) {%- endmacro %}

{% macro plus_hours(instant, hours) -%}
    {{ return(adapter.dispatch('plus_hours')(instant, hours)) }}
{%- endmacro %}
{% macro default__plus_hours(instant, hours) -%} {{ instant }} + to_hours({{ hours }}) {%- endmacro %}
{% macro spark__plus_hours(instant, hours) -%} {{ instant }} + make_dt_interval(0, {{ hours }}) {%- endmacro %}

{# Whole part of a quotient of integers that are not negative. #}
{% macro whole_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}
{%- endmacro %}
{% macro default__whole_quotient(dividend, divisor) -%} {{ dividend }} // {{ divisor }} {%- endmacro %}
{% macro spark__whole_quotient(dividend, divisor) -%} {{ dividend }} div {{ divisor }} {%- endmacro %}

{# A query of the integers from `first` to `last`, both included. #}
{% macro numbers(first, last, name) -%}
    {{ return(adapter.dispatch('numbers')(first, last, name)) }}
{%- endmacro %}
{% macro default__numbers(first, last, name) -%}
    select cast({{ name }} as integer) as {{ name }} from (select unnest(generate_series({{ first }}, {{ last }})) as {{ name }})
{%- endmacro %}
{% macro spark__numbers(first, last, name) -%} select explode(sequence({{ first }}, {{ last }})) as {{ name }} {%- endmacro %}

{# An instant of UTC, written as 'YYYY-MM-DD hh:mm:ss'. #}
{% macro instant(text) -%}
    {{ return(adapter.dispatch('instant')(text)) }}
{%- endmacro %}
{% macro default__instant(text) -%} timestamptz '{{ text }}+00' {%- endmacro %}
{% macro spark__instant(text) -%} timestamp '{{ text }}+00:00' {%- endmacro %}

{# Whole seconds from one instant to another. #}
{% macro seconds_between(since, until) -%}
    {{ return(adapter.dispatch('seconds_between')(since, until)) }}
{%- endmacro %}
{% macro default__seconds_between(since, until) -%} date_diff('second', {{ since }}, {{ until }}) {%- endmacro %}
{% macro spark__seconds_between(since, until) -%} (unix_timestamp({{ until }}) - unix_timestamp({{ since }})) {%- endmacro %}
