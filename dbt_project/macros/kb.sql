{# The knowledge library: identities, and the words that full-text search looks for. #}

{# Identity of an entity: what it is and its code; an area that begins within known time is told by that day too. #}
{% macro kb_id(kind, code, valid_from=none) -%}
    {{ kind }} || ':' || {{ code }}{% if valid_from %} || coalesce('@' || cast({{ valid_from }} as varchar), ''){% endif %}
{%- endmacro %}

{#
  The tokens of a text as a list: latin words and numbers as they stand (pm2.5, 3095), of Chinese every character and
  every overlapping pair of characters. No dictionary: the same text gives the same tokens for ever, and a new term
  needs no training. The query side (catalog/kb.py) cuts by the same pattern and asks for pairs.
#}
{% macro kb_tokens(text) -%}
    flatten([
        case when regexp_matches(run, '^[a-z0-9]') then [run]
            else list_concat([run[i:i] for i in range(1, length(run) + 1)], [run[i:i + 1] for i in range(1, length(run))])
        end
        for run in regexp_extract_all(lower({{ text }}), '[\p{Han}〇ⅰ-ⅿ]+|[a-z0-9]+(?:\.[0-9]+)?')
    ])
{%- endmacro %}

{# What search looks through of a document: a word of the title counts twice, for it says what the text is about. #}
{% macro kb_searched() -%} title || ' ' || title || ' ' || text {%- endmacro %}

{# Body of a CTE: the newest entry of each key of a register. #}
{% macro kb_entries(register, key, columns) %}
    select {{ columns | join(', ') }}
    from {{ register }}
    qualify row_number() over (partition by {{ key | join(', ') }} order by authority desc, line desc) = 1
{% endmacro %}
