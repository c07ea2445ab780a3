-- Registrations of data assets in the period, of the whole province: their holders have no place.
with registrations as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date,
        '330000' as region_code
    from ({{ newest_rows('resources__digital_assets') }}) as rows
    where status <> '注销'

),

areas as ({{ by_area_and_period('registrations', 'members.local_date', 'services') }})

{{ measure('services_digital_assets', 'areas', 'count(distinct asset_id)',
           inputs='count(distinct asset_id)', where="area_level = 'province'") }}
union all
{{ measure('services_digital_assets_value', 'areas', 'sum(value_yuan) / 10000', inputs='count(value_yuan)', expected='count(*)',
           where="area_level = 'province'") }}
