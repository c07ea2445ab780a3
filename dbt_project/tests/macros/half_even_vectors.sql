-- GB/T 8170: half to even on the decimal value, in one step. Returns the vectors that come out wrong.
with vectors as (

    -- 61.4999 and 0.3499 would be 62 and 0.4 if rounded twice; …999999 is a true tie that lost 1e-9 in a mean.
    select value, expected, {{ half_even('value', 0) }} as found
    from (values
        (60.5, 60), (61.5, 62), (60.6, 61), (60.499, 60), (0.5, 0), (1.5, 2), (2.5, 2), (0, 0), (35, 35), (1176.5, 1176),
        (61.4999, 61), (61.499999999, 62), (60.500000001, 60), (60.50000002, 61)
    ) as vector (value, expected)
    union all
    select value, expected, {{ half_even('value', 1) }} as found
    from (values
        (0.25, 0.2), (4.05, 4.0), (4.15, 4.2), (0.35, 0.4), (0.3499, 0.3), (0.05, 0), (0.15, 0.2), (4.0500001, 4.1), (12, 12)
    ) as vector (value, expected)
    union all
    select value, expected, {{ half_even('value', 2) }} as found
    from (values (3.125, 3.12), (3.135, 3.14), (3.1251, 3.13), (0.005, 0), (0.015, 0.02)) as vector (value, expected)
    union all
    select value, expected, {{ half_even_signed('value', 1) }} as found
    from (values (-0.25, -0.2), (-0.35, -0.4), (-4.05, -4.0), (0.25, 0.2), (-0.3499, -0.3), (0, 0)) as vector (value, expected)
    union all
    select value, expected, {{ half_even('value', 0) }} as found
    from (select cast(null as decimal(18, 9)) as value, cast(null as integer) as expected)
    union all
    -- A mean of hours is a tie exactly when it is one: 1452 / 24 = 60.5, 181.5 / 3 = 60.5, 1453 / 24 = 60.541…
    select total, expected, {{ half_even(mean_of('total', 'n'), 0) }} as found
    from (values (1452, 24, 60), (1453, 24, 61), (181.5, 3, 60), (1230, 20, 62), (7, 0, null)) as vector (total, n, expected)

)

select value, expected, found
from vectors
where found is distinct from expected
