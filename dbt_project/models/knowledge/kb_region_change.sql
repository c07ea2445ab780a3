-- Which series are comparable before and after a change of regions: the smallest groups of areas whose sum stays.
with recursive changes as (

    select
        change_code,
        effective_from,
        date_precision,
        'before:' || predecessor_code as before_node,
        'after:' || successor_code as after_node,
        share
    from {{ ref('region_changes') }}

),

links as (

    select change_code, before_node as node, after_node as other from changes
    union all
    select change_code, after_node as node, before_node as other from changes

),

-- a set union: a pair already found is not walked again, so the walk ends whatever the links
reached as (

    select change_code, node, node as member
    from links
    union
    select reached.change_code, reached.node, links.other as member
    from reached
    inner join links
        on links.change_code = reached.change_code
        and links.node = reached.member

),

grouped as (

    select change_code, node, min(member) as first_member
    from reached
    group by change_code, node

),

facts as (

    select
        grouped.change_code,
        grouped.change_code || '/' || split_part(grouped.first_member, ':', 2) as group_code,
        split_part(grouped.node, ':', 1) as side,
        split_part(grouped.node, ':', 2) as region_code,
        min(changes.effective_from) as effective_from,
        min(changes.date_precision) as date_precision,
        -- every predecessor went whole into one successor
        bool_and(coalesce(changes.share, 0) = 1) as shares_known
    from grouped
    inner join changes
        on changes.change_code = grouped.change_code
        and grouped.node in (changes.before_node, changes.after_node)
    group by all

),

named as (

    select
        facts.change_code,
        facts.group_code,
        facts.side,
        facts.region_code,
        facts.effective_from,
        facts.date_precision,
        facts.shares_known,
        regions.entity_id,
        regions.name_zh
    from facts
    inner join {{ ref('kb_region') }} as regions
        on regions.region_code = facts.region_code
        and case when facts.side = 'before' then regions.valid_to = cast(facts.effective_from - interval 1 day as date)
            else regions.valid_from = facts.effective_from end

),

sums as (

    select
        group_code,
        bool_and(shares_known) as shares_known,
        string_agg(region_code, '+' order by region_code) filter (where side = 'after') as after_sum,
        string_agg(region_code, '+' order by region_code) filter (where side = 'before') as before_sum,
        string_agg(name_zh, '、' order by region_code) filter (where side = 'after') as after_zh,
        string_agg(name_zh, '、' order by region_code) filter (where side = 'before') as before_zh
    from named
    group by group_code

)

select
    named.change_code,
    named.group_code,
    named.side,
    named.region_code,
    named.entity_id,
    named.name_zh,
    named.effective_from,
    named.date_precision,
    sums.shares_known,
    sums.after_sum || ' = ' || sums.before_sum as rule,
    '自' || case when named.date_precision = 'year' then extract(year from named.effective_from) || '年'
        else strftime(named.effective_from, '%Y年%-m月%-d日') end
        || '起，' || sums.after_zh || '之和与此前' || sums.before_zh
        || '之和可比（合计量直接相加，均值和比例按各自权重合成）'
        || case when sums.shares_known then '；每个旧区域整体并入一个新区域'
            else '；组内各区域划入划出的份额未知，单个代码前后不可比' end as rule_zh
from named
inner join sums
    on sums.group_code = named.group_code
