{#
  Body of a CTE: the rows of a dataset that count. Per key the newest word of the most authoritative source; values that
  a test or a person excludes are emptied, the row stays. `scope`: only the months that are built, in a model that is
  incremental; false where a model looks at other months too. `where`: a condition on the dataset's own columns.
  Key, entity and columns come from the dataset's card through _sources.yml.
#}
{% macro newest_rows(dataset, scope=true, where='true') %}
    {%- set relation = source('core', dataset) -%}
    {%- if execute and graph.sources is not defined -%}
    {#- a unit test has no graph: its rows are those that count -#}
    select * from {{ relation }} where {{ where }}
    {%- elif execute -%}
        {%- set table = (graph.sources.values() | selectattr('name', 'equalto', dataset) | list)[0] -%}
        {%- set card = table.config.meta -%}
        {%- set columns = table.columns.keys() | list -%}
        {%- set spans = ['interval_start_at', 'interval_end_at'] if card.is_dated else [] -%}
        {%- set keys = card.key | reject('equalto', 'item') | list -%}
    select
        {% for column in columns if column not in spans -%}
        {% if column in card.emptied -%}
        case when not (
            {%- if card.is_long %}excluded.items is not null or withdrawn.items is not null
            {%- else -%}
            coalesce({{ contains('excluded.items', "'" ~ column ~ "'") }}, false)
            or coalesce({{ contains('withdrawn.items', "'" ~ column ~ "'") }}, false)
            or coalesce({{ contains('withdrawn.items', "''") }}, false)
            {%- endif -%}
            ) then rows.{{ column }} end as {{ column }},
        {% else -%}
        rows.{{ column }},
        {% endif -%}
        {% endfor -%}
        {% for column in spans -%}
        rows.{{ column }},
        {% endfor -%}
        rows.month,
        rows.batch,
        rows.line
    from (
        select
            *,
            row_number() over (partition by {{ card.key | join(', ') }} order by authority desc, line desc) as nth
        from {{ relation }}
        where {{ where }}{% if scope and card.is_dated %} and {{ month_scope() }}{% endif %}
    ) as rows
    left join (
        select {{ (card.key if card.is_long else keys) | join(', ') }}, batch, {{ collected('item') }} as items
        from {{ source('core', 'flags') }}
        where dataset = '{{ dataset }}' and effect = 'exclude'
        group by {{ (card.key if card.is_long else keys) | join(', ') }}, batch
    ) as excluded
        on excluded.batch = rows.batch
        {%- for key in (card.key if card.is_long else keys) %}
        and excluded.{{ key }} = rows.{{ key }}
        {%- endfor %}
    left join (
        -- what people judged invalid, as spans; few, so the range join is cheap
        select spoken.batch, spoken.line, {% if card.is_long %}spoken.item, {% endif %}{{ collected("coalesce(said.item, '')") }} as items
        from {{ relation }} as spoken
        inner join {{ source('core', 'flag_events') }} as said
            on (said.{{ card.entity }} is null or said.{{ card.entity }} = spoken.{{ card.entity }})
            {%- if card.is_long %}
            and (said.item is null or said.item = spoken.item)
            {%- endif %}
            {%- if card.is_dated %}
            and spoken.interval_end_at > coalesce(said.from_at, timestamptz '0001-01-01 00:00:00+00')
            and spoken.interval_end_at <= coalesce(said.to_at, timestamptz '9999-12-31 00:00:00+00')
            {%- endif %}
        where said.dataset = '{{ dataset }}' and said.action = 'raise' and said.effect = 'exclude'
            {%- if scope and card.is_dated %} and {{ month_scope('spoken.month') }}{% endif %}
        group by spoken.batch, spoken.line{% if card.is_long %}, spoken.item{% endif %}
    ) as withdrawn
        on withdrawn.batch = rows.batch and withdrawn.line = rows.line
        {%- if card.is_long %} and withdrawn.item = rows.item{% endif %}
    where rows.nth = 1
    {%- else -%}
    {#- read once without a graph: what a model depends on must show -#}
    select * from {{ relation }}, {{ source('core', 'flags') }}, {{ source('core', 'flag_events') }}
    {%- endif -%}
{% endmacro %}
