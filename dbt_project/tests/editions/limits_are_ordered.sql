-- Grade I is never laxer than grade II, and no later edition is laxer than an earlier one.
select
    limits.limits_edition,
    limits.pollutant,
    limits.averaging,
    limits.grade1,
    limits.grade2
from {{ ref('air_limits') }} as limits
inner join {{ ref('air_rulebooks') }} as rulebooks
    on rulebooks.limits_edition = limits.limits_edition
qualify
    limits.grade1 > limits.grade2
    or limits.grade2 > lag(limits.grade2)
        over (partition by limits.pollutant, limits.averaging order by rulebooks.valid_from)
