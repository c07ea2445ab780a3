-- No class is stricter than a better one, and every item of GB 3097 that is judged has all four.
with ranked as (

    select
        limits.*,
        lag(limits.at_most) over better as better_at_most,
        lag(limits.at_least) over better as better_at_least,
        count(*) over (partition by limits.item, limits.valid_from) as classes
    from {{ ref('sea_limits') }} as limits
    window better as (partition by limits.item, limits.valid_from order by limits.class)

)

select *
from ranked
where at_most < better_at_most
    or at_least > better_at_least
    or classes <> 4
    or item not in (select items.item from {{ ref('sea_items') }} as items)
