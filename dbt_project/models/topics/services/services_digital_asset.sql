-- Data assets as last registered up to the end of each period, of the whole province: their holders have no place.
with registrations as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date,
        '330000' as region_code,
        lead(cast({{ local_time('interval_start_at') }} as date)) over (partition by asset_id order by interval_start_at) as replaced_on
    from ({{ newest_rows('resources__digital_assets') }}) as rows

),

areas as ({{ held_at_the_end('registrations', 'services', 'members.local_date <= periods.period_end and coalesce(members.replaced_on > periods.period_end, true)') }})

{{ measure('services_digital_assets', 'areas', 'count(*)', where="area_level = 'province' and status <> '注销'") }}
union all
{{ measure('services_digital_assets_value', 'areas', 'sum(value_yuan) / 10000', inputs='count(value_yuan)', expected='count(*)',
           where="area_level = 'province' and status <> '注销'") }}
