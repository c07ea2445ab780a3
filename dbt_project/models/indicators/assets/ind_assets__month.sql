-- The monitoring network by month: where it stands, how reliable it is, and what the anti-tamper test found.
{% set networks = ['air', 'surface_water', 'greenhouse_gas', 'noise', 'gamma', 'electromagnetic', 'soil', 'groundwater'] %}
with inputs as (

    select
        *,
        cast(month || '-01' as date) as period_start
    from {{ ref('cumulative_inputs') }}
    where theme = 'assets'

),

network_months as (

    select
        marts.*,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.is_verified,
        {{ mean_of('marts.readings_valid * 100', 'marts.readings') }} as valid_pct,
        {{ mean_of('marts.stations_too_regular * 100', 'marts.stations') }} as too_regular_pct
    from {{ ref('assets_network_month') }} as marts
    inner join inputs
        on inputs.month = marts.month

),

sections as ({{ newest_rows('water__section_register', scope=false) }}),

registered as (

    -- as the register is known now: it has no history
    select substr(region_code, 1, 4) || '00' as region_code, 'city' as region_level, count(*) as sections
    from sections
    where control_level in ('国控', '省控', '市控', '县控') and region_code like '33%'
    group by substr(region_code, 1, 4) || '00'
    union all
    select '330000' as region_code, 'province' as region_level, count(*) as sections
    from sections
    where control_level in ('国控', '省控', '市控', '县控') and region_code like '33%'

),

automatic as (

    select
        coalesce(substr(sections.region_code, 1, 4) || '00', '') as city_code,
        months.month
    from {{ ref('assets_station_month') }} as months
    inner join sections
        on sections.station_code = months.station_code
    where months.network = 'surface_water'
        and months.readings_valid > 0
        and sections.control_level in ('国控', '省控', '市控', '县控')
        and sections.region_code like '33%'

),

section_months as (

    -- only months in which any section is known to have sent
    select
        registered.region_code,
        registered.region_level,
        inputs.month,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.is_verified,
        registered.sections,
        {{ mean_of('count(automatic.month) * 100', 'registered.sections') }} as automatic_pct
    from registered
    cross join inputs
    left join automatic
        on automatic.month = inputs.month
        and (registered.region_level = 'province' or automatic.city_code = registered.region_code)
    where inputs.month in (select month from automatic)
    group by
        registered.region_code, registered.region_level, inputs.month, inputs.period_start, inputs.inputs_hash,
        inputs.is_verified, registered.sections

),

maintenance as (

    select
        marts.*,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.is_verified,
        {{ mean_of('marts.orders_closed * 100', 'marts.orders') }} as closed_pct,
        {{ mean_of('marts.fault_downtime_h', 'marts.faults_timed') }} as repair_mean_h
    from {{ ref('assets_maintenance_month') }} as marts
    inner join inputs
        on inputs.month = marts.month
    where marts.network = 'all'

),

conversions as ({{ newest_rows('resources__station_conversion', scope=false) }}),

automatic_stations as (

    select month, sum(stations) as stations
    from {{ ref('assets_network_month') }}
    where region_level = 'province' and network in ('air', 'surface_water', 'greenhouse_gas', 'noise')
    group by month

),

smart as (

    select
        inputs.month,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.is_verified,
        automatic_stations.stations,
        count(distinct conversions.station_code) as converted,
        least(100, {{ mean_of('count(distinct conversions.station_code) * 100', 'automatic_stations.stations') }}) as smart_pct
    from inputs
    left join automatic_stations
        on automatic_stations.month = inputs.month
    inner join conversions
        on conversions.kind = '自动监测站' and conversions.accepted_on <= inputs.last_date
    group by inputs.month, inputs.period_start, inputs.inputs_hash, inputs.is_verified, automatic_stations.stations

)

{{ indicator_rows(
    'assets_section_automatic_share', 'section_months', 'region_code', 'region_level', "'month'", 'period_start',
    half_even('automatic_pct', 1), '1', 'sections', 'inputs_hash', 'month',
    null_reason="'no_sections: none in the register'", verified='is_verified', exact='automatic_pct'
) }}
union all
{% for network in networks -%}
{{ indicator_rows(
    'assets_' ~ network ~ '_stations', 'network_months', 'region_code', 'region_level', "'month'", 'period_start',
    'stations_valid', '1', 'stations', 'inputs_hash', 'month', verified='is_verified', where="network = '" ~ network ~ "'"
) }}
union all
{{ indicator_rows(
    'assets_' ~ network ~ '_cities', 'network_months', 'region_code', 'region_level', "'month'", 'period_start',
    'cities_valid', '1', 'stations', 'inputs_hash', 'month', text="'of 11'", verified='is_verified',
    where="region_level = 'province' and network = '" ~ network ~ "'"
) }}
union all
{# below detection and not asked for are empty by design: only automatic networks have a share of valid readings -#}
{% if network in ['surface_water', 'greenhouse_gas', 'noise', 'gamma'] -%}
{{ indicator_rows(
    'assets_' ~ network ~ '_valid_share', 'network_months', 'region_code', 'region_level', "'month'", 'period_start',
    half_even('valid_pct', 1), '1', 'readings', 'inputs_hash', 'month', null_reason="'no_readings: none in the month'",
    verified='is_verified', exact='valid_pct', where="network = '" ~ network ~ "'"
) }}
union all
{% endif -%}
{% if network in ['air', 'surface_water', 'greenhouse_gas', 'noise', 'gamma'] -%}
{{ indicator_rows(
    'assets_' ~ network ~ '_too_regular_share', 'network_months', 'region_code', 'region_level', "'month'", 'period_start',
    half_even('too_regular_pct', 1), '1', 'stations', 'inputs_hash', 'month',
    text="stations_too_regular || ' of ' || stations", null_reason="'no_stations: none in the month'",
    verified='is_verified', exact='too_regular_pct', where="network = '" ~ network ~ "'"
) }}
union all
{% endif -%}
{% endfor -%}
{{ indicator_rows(
    'assets_faults', 'maintenance', "'330000'", "'province'", "'month'", 'period_start', 'faults', '1', 'orders',
    'inputs_hash', 'month', verified='is_verified'
) }}
union all
{{ indicator_rows(
    'assets_repair_mean', 'maintenance', "'330000'", "'province'", "'month'", 'period_start', half_even('repair_mean_h', 1),
    'case when faults > 0 then faults_timed / faults else 0 end', 'faults_timed', 'inputs_hash', 'month',
    null_reason="'no_faults: none of the month has a downtime'", verified='is_verified', exact='repair_mean_h'
) }}
union all
{{ indicator_rows(
    'assets_response_median', 'maintenance', "'330000'", "'province'", "'month'", 'period_start',
    half_even('response_median_h', 1), '1', 'faults', 'inputs_hash', 'month',
    null_reason="'no_faults: none of the month has an arrival'", verified='is_verified', exact='response_median_h'
) }}
union all
{{ indicator_rows(
    'assets_orders_closed_share', 'maintenance', "'330000'", "'province'", "'month'", 'period_start', half_even('closed_pct', 1),
    '1', 'orders', 'inputs_hash', 'month', null_reason="'no_orders: none in the month'", verified='is_verified',
    exact='closed_pct'
) }}
union all
{{ indicator_rows(
    'assets_smart_share', 'smart', "'330000'", "'province'", "'month'", 'period_start', half_even('smart_pct', 1),
    'case when stations > 0 then 1 else 0 end', 'converted', 'inputs_hash', 'month', text="converted || ' converted'",
    null_reason="'no_stations: no automatic station is known to have sent in the month'", verified='is_verified',
    exact='smart_pct'
) }}
