-- From the first day of the first rulebook on, every day has exactly one in force.
select
    edition,
    valid_from,
    valid_to
from {{ ref('air_rulebooks') }}
qualify
    valid_from <> coalesce(lag(valid_to) over (order by valid_from) + 1, valid_from)
    or (valid_to is null) <> (lead(edition) over (order by valid_from) is null)
