-- Land-use projects as the spatial governance platform judged them against farmland, red lines and control units.
with checks as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__spatial_governance') }}) as rows

),

areas as ({{ by_area_and_period('checks', 'members.local_date', 'services') }})

{{ measure('services_spatial_conform_share', 'areas', "count(*) filter (where verdict = '符合')", 'count(*)', 100,
           enough=fed_every_month(), reason=fed_too_few_months()) }}
