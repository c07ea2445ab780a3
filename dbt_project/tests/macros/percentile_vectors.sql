-- HJ 663-2013 annex A: k = 1 + (n - 1) p, linear between neighbours; expected values from numpy.percentile (numpy 2.4).
with samples as (

    select sample, unnest(list) as value
    from (values
        ('1 to 10', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), ('two', [20, 10]), ('one', [7]), ('unsorted with a tie', [3, 1, 2, 2, 5, 8, 13]),
        ('a year', range(1, 366)), ('with a gap', [20, null, 10])
    ) as drawn (sample, list)
    union all
    select 'decimals' as sample, unnest([12.5, 40, 33.25, 18]) as value

),

found as (

    select
        sample,
        {{ percentile('value', 0.90) }} as p90,
        {{ percentile('value', 0.95) }} as p95,
        {{ percentile('value', 0.98) }} as p98
    from samples
    group by sample

),

vectors as (

    select *
    from (values
        ('1 to 10', 9.1, 9.55, 9.82), ('two', 19, 19.5, 19.8), ('one', 7, 7, 7), ('unsorted with a tie', 10, 11.5, 12.4),
        ('a year', 328.6, 346.8, 357.72), ('with a gap', 19, 19.5, 19.8), ('decimals', 37.975, 38.9875, 39.595)
    ) as vector (sample, p90, p95, p98)

)

select vectors.*, found.*
from vectors
left join found
    on found.sample = vectors.sample
where (found.p90, found.p95, found.p98) is distinct from (vectors.p90, vectors.p95, vectors.p98)
