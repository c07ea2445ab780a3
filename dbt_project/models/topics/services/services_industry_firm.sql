-- The yearly survey of the environmental industry: it speaks for whole years only.
with firms as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__industry_firms') }}) as rows

),

areas as ({{ by_area_and_period('firms', 'members.local_date', 'services') }})

{{ measure('services_firms_with_data_products_share', 'areas', 'count(*) filter (where data_products > 0)',
           'count(data_products)', 100, inputs='count(data_products)', expected='count(*)', where="period_type = 'year'") }}
