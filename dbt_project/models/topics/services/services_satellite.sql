-- Products of the provincial remote sensing service, of the whole province: scenes cover more than a city.
with products as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__satellite_products') }}) as rows

),

areas as ({{ by_area_and_period('products', 'members.local_date', 'services') }})

{{ measure('services_satellite_published_share', 'areas', "count(*) filter (where status = '已发布')", 'count(status)', 100,
           inputs='count(status)', expected='count(*)', enough=fed_every_month(), reason=fed_too_few_months(),
           where="area_level = 'province'") }}
