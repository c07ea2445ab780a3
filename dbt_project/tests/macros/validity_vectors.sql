-- GB 3095 table 4: 27 days a month (25 in February, leap year or not), every month, 324 days a year; under both editions.
with editions as (

    select * from {{ ref('dim_edition') }} where edition <> 'in-force'

),

months as (

    select
        'month ' || month_start || ', ' || days_valid || ' of ' || days_in_scope as vector,
        expected,
        {{ month_is_valid('days_valid', 'days_in_scope', 'month_start') }} as found
    from (values
        (27, 31, date '2019-01-01', true), (26, 31, date '2019-01-01', false),
        (27, 30, date '2019-04-01', true), (26, 30, date '2019-04-01', false),
        (25, 28, date '2019-02-01', true), (24, 28, date '2019-02-01', false),
        (25, 29, date '2020-02-01', true), (24, 29, date '2020-02-01', false),
        -- Days 1 to 20 of a month of 31: it may lack four days, as a full one may.
        (16, 20, date '2019-05-01', true), (15, 20, date '2019-05-01', false)
    ) as vector (days_valid, days_in_scope, month_start, expected)
    cross join editions

),

periods as (

    select
        period_type || ', ' || days_valid || ' days, ' || months_valid || ' of ' || months_expected || ' months' as vector,
        expected,
        {{ period_is_valid('period_type', 'days_valid', 'months_valid', 'months_expected') }} as found
    from (values
        ('year', 324, 12, 12, true), ('year', 323, 12, 12, false), ('year', 340, 11, 12, false),
        ('quarter', 81, 3, 3, true), ('quarter', 85, 2, 3, false), ('month', 27, 1, 1, true), ('month', 26, 0, 1, false),
        ('ytd', 58, 3, 3, true), ('ytd', 58, 2, 3, false),
        -- On 3 January a month may lack all of its days, but no value comes from none.
        ('ytd', 0, 1, 1, false), ('ytd', 1, 1, 1, true)
    ) as vector (period_type, days_valid, months_valid, months_expected, expected)
    cross join editions

),

points as (

    select
        valid || ' of ' || points || ' points' as vector,
        expected,
        {{ enough_points('valid', 'points') }} as found
    from (values
        (1, 1, true), (0, 1, false), (1, 2, true), (1, 3, false), (2, 3, true), (3, 4, true), (2, 4, false), (3, 5, false),
        (4, 5, true), (8, 11, false), (9, 11, true)
    ) as vector (valid, points, expected)
    cross join editions

)

select * from months where found is distinct from expected
union all
select * from periods where found is distinct from expected
union all
select * from points where found is distinct from expected
