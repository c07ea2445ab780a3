-- What a number depends on that sums up everything known to the end of a month: one hash over the topic's months to it.
with months as (

    select * from {{ source('core', 'months') }} where theme in ('plan', 'assets', 'effort')

)

select
    now.theme,
    now.month,
    now.last_date,
    sha256('to ' || now.month || ':' || string_agg(known.inputs_hash, ',' order by known.month)) as inputs_hash,
    bool_and(known.is_verified) as is_verified
from months as now
inner join months as known
    on known.theme = now.theme and known.month <= now.month
group by now.theme, now.month, now.last_date
