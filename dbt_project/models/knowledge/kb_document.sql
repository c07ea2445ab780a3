-- What full-text search looks through: our own words on clauses, targets, standards, terms, methods and indicators.
with documents as (

    select 'note:' || note_code as doc_id, title_zh as title, 'note' as kind, text_zh as text, source as citation
    from {{ ref('notes') }}
    union all
    select 'term:' || term_zh, term_zh, 'term', definition_zh || '（' || term_en || '）', source
    from {{ ref('kb_term') }}
    union all
    select entity_id, coalesce(number || ' ', '') || title_zh, 'standard',
        decides_zh || coalesce('。' || clause, ''), source
    from {{ ref('kb_standard') }}
    union all
    select {{ kb_id("'clause'", 'clause') }}, title_zh, 'clause',
        summary_zh || '责任单位：' || responsible_units, '试点方案（征求意见稿）第' || clause || '条'
    from {{ ref('plan_clauses') }}
    union all
    select {{ kb_id("'target'", 'code') }}, target_zh, 'target',
        case when unit = 'yes/no' then '完成' else cast(cast(value as bigint) as varchar) || ' ' || unit end
        || coalesce('，' || cast(year as varchar) || '年', '，原文未定年份')
        || coalesce('。责任单位：' || responsible_units, '') || '。目标编号 ' || code,
        '试点方案（征求意见稿）' || coalesce('第' || clause || '条', '主要目标')
    from {{ ref('plan_targets') }}
    union all
    select {{ kb_id("'indicator'", 'code') }}, name_zh, 'indicator',
        definition_zh || '。公式：' || formula || '。' || name_en, standard
    from {{ source('core', 'catalog_indicators') }}
    where not ends_with(code, '_yoy')
    union all
    select distinct 'region_change:' || group_code, '区划调整 ' || group_code, 'region_change', rule_zh || '：' || rule,
        'region_changes'
    from {{ ref('kb_region_change') }}

)

select
    doc_id,
    title,
    kind,
    text,
    citation,
    cast(length({{ kb_tokens(kb_searched()) }}) as bigint) as n_tokens
from documents
