-- Uses of public data in the authorised operation domain, of the whole province. Only what leaves the domain is reviewed.
with uses as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date,
        '330000' as region_code
    from ({{ newest_rows('resources__authorised_operation_log') }}) as rows

),

areas as ({{ by_area_and_period('uses', 'members.local_date', 'services') }})

{{ measure('services_authorised_uses', 'areas', 'count(*)', enough=fed_every_month(), reason=fed_too_few_months(),
           where="area_level = 'province'") }}
union all
{{ measure('services_authorised_passed_share', 'areas', "count(*) filter (where review = '通过')", 'count(review)', 100,
           inputs='count(review)', enough=fed_every_month(), reason=fed_too_few_months(),
           where="area_level = 'province'") }}
