-- Security events of the platforms, of the whole province: they belong to no place.
with events as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date,
        '330000' as region_code
    from ({{ newest_rows('ecology__data_security_events') }}) as rows

),

areas as ({{ by_area_and_period('events', 'members.local_date', 'services') }})

{{ measure('services_security_events', 'areas', 'count(*)', enough=fed_every_month(), reason=fed_too_few_months(),
           where="area_level = 'province'") }}
union all
{{ measure('services_security_handled_share', 'areas', 'count(handled_at)', 'count(*)', 100, enough=fed_every_month(), reason=fed_too_few_months(),
           where="area_level = 'province'") }}
