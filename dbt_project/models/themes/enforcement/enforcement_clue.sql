-- One row per clue put out by a model: how long it took, and whether it was confirmed on the spot.
with clues as ({{ newest_rows('ecology__enforcement_clues', scope=false) }})

select
    clue_code,
    substr(region_code, 1, 4) || '00' as city_code,
    region_code,
    cast({{ local_time('interval_start_at') }} as date) as found_on,
    rule,
    element,
    confidence,
    verdict,
    -- duplicates, withdrawn ones and those still open are neither right nor wrong
    coalesce(verdict in ('属实', '不属实'), false) as is_judged,
    coalesce(verdict = '属实', false) as is_confirmed,
    case
        when verdict in ('属实', '不属实') and closed_at >= dispatched_at
            then cast((epoch_ms(closed_at) - epoch_ms(dispatched_at)) / 3600000.0 as decimal(18, 9))
    end as handling_h
from clues
