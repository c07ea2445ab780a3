-- Environmental health risk of grid cells, weighted by the people in them: it speaks for whole years only.
with cells as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__health_risk_grid') }}) as rows

),

areas as ({{ by_area_and_period('cells', 'members.local_date', 'services') }})

{{ measure('services_health_risk_high_share', 'areas', "coalesce(sum(population) filter (where grade in ('较高', '高')), 0)",
           'sum(population) filter (where grade is not null)', 100,
           inputs='count(*) filter (where grade is not null and population is not null)',
           expected='count(*) filter (where population is distinct from 0)',
           where="period_type = 'year'") }}
