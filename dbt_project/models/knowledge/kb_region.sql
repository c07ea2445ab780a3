-- Administrative areas: a code and the time in which it means this area. A code that takes part in a change ends one
-- area and may begin another; a city without a parent (Shanghai) is a province too.
with codes as (

    select region_code, region_level, name_zh, parent_code, valid_from, valid_to, certainty, source
    from {{ ref('regions') }}
    union all
    select region_code, 'province', name_zh, null, valid_from, valid_to, certainty, source
    from {{ ref('regions') }}
    where region_level = 'city' and parent_code is null
    union all
    select region_code, region_level, name_zh, parent_code, null, null, certainty, source
    from {{ ref('region_history') }}

),

begins as (

    select distinct successor_code as region_code, effective_from as begins_on
    from {{ ref('region_changes') }}

),

ends as (

    select distinct predecessor_code as region_code, cast(effective_from - interval 1 day as date) as ends_on
    from {{ ref('region_changes') }}

),

first_ends as (

    select region_code, min(ends_on) as ends_on
    from ends
    group by region_code

),

spans as (

    select begins.region_code, begins.begins_on as valid_from, min(ends.ends_on) as valid_to
    from begins
    left join ends
        on ends.region_code = begins.region_code
        and ends.ends_on >= begins.begins_on
    group by begins.region_code, begins.begins_on
    union all
    select codes.region_code, codes.valid_from, coalesce(first_ends.ends_on, codes.valid_to) as valid_to
    from (select distinct region_code, valid_from, valid_to from codes) as codes
    left join first_ends
        on first_ends.region_code = codes.region_code
    where not exists (
        select 1 from begins
        where begins.region_code = codes.region_code
            and (first_ends.ends_on is null or begins.begins_on <= first_ends.ends_on)
    )

),

-- an area is as certain as the change that begins or ends it; 'memory-medium' sorts after 'memory-high'
dated as (

    select
        spans.region_code,
        spans.valid_from,
        spans.valid_to,
        max(changes.certainty) as certainty,
        string_agg(distinct changes.change_code, ', ' order by changes.change_code) as change_codes
    from spans
    left join {{ ref('region_changes') }} as changes
        on (changes.successor_code = spans.region_code and changes.effective_from = spans.valid_from)
        or (
            changes.predecessor_code = spans.region_code
            and cast(changes.effective_from - interval 1 day as date) = spans.valid_to
        )
    group by spans.region_code, spans.valid_from, spans.valid_to

)

select
    {{ kb_id('codes.region_level', 'codes.region_code', 'dated.valid_from') }} as entity_id,
    codes.region_code,
    codes.region_level,
    codes.name_zh,
    case when codes.region_level = 'city' then coalesce(codes.parent_code, codes.region_code)
        else codes.parent_code end as parent_code,
    dated.valid_from,
    dated.valid_to,
    coalesce(dated.certainty, codes.certainty) as certainty,
    codes.source || coalesce('; in time: change ' || dated.change_codes, '') as source
from codes
inner join dated
    on dated.region_code = codes.region_code
