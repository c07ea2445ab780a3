-- Everything upstream: of a water through the waters that flow into it, of a section through its water. Where on a
-- water a section lies no register says, so sections of the same water are not among each other's upstream.
with recursive edges as (

    select object_id as water_id, subject_id as upstream_id
    from {{ ref('kb_relation') }}
    where relation = 'upstream_of'

),

-- guard against circles: the shortest way never needs more steps than there are waters with something upstream
walked as (

    select water_id, upstream_id, cast(1 as bigint) as steps
    from edges
    union
    select walked.water_id, edges.upstream_id, walked.steps + 1 as steps
    from walked
    inner join edges
        on edges.water_id = walked.upstream_id
    where walked.steps < (select count(distinct water_id) from edges)

),

waters as (

    select water_id, upstream_id, min(steps) as steps
    from walked
    group by water_id, upstream_id

),

sections as (

    select subject_id as section_id, object_id as water_id
    from {{ ref('kb_relation') }}
    where relation = 'monitors' and object_id like 'water:%'

),

found as (

    select water_id as entity_id, upstream_id, steps
    from waters
    union all
    select sections.section_id as entity_id, waters.upstream_id, waters.steps
    from sections
    inner join waters
        on waters.water_id = sections.water_id
    union all
    select sections.section_id as entity_id, others.section_id as upstream_id, waters.steps
    from sections
    inner join waters
        on waters.water_id = sections.water_id
    inner join sections as others
        on others.water_id = waters.upstream_id

)

select
    entity_id,
    upstream_id,
    steps
from found
