-- Daily mean dose rate of stations, cities and the province: the mean of the stations that share a cosmic response.
with inputs as (

    {{ months_of('radiation') }}

),

members as (

    select
        days.cosmic_response,
        days.local_date,
        days.gamma_ngy_h,
        areas.region_level,
        case areas.region_level
            when 'station' then days.station_code
            when 'city' then substr(days.region_code, 1, 4) || '00'
            else substr(days.region_code, 1, 2) || '0000'
        end as region_code
    from {{ ref('radiation_station_day') }} as days
    cross join (values ('station'), ('city'), ('province')) as areas (region_level)

),

responses as (

    -- The province is spoken of in both series, also when no station keeps one of them.
    select 1 as stations, members.* from members
    union all
    select distinct 0, kinds.cosmic_response, members.local_date, cast(null as decimal(18, 9)), members.region_level, members.region_code
    from members
    cross join (values ('included'), ('subtracted')) as kinds (cosmic_response)
    where members.region_level = 'province'

),

areas as (

    select
        responses.cosmic_response,
        responses.region_code,
        responses.region_level,
        responses.local_date,
        sum(responses.stations) as stations,
        count(responses.gamma_ngy_h) as stations_valid,
        {{ mean_of('sum(responses.gamma_ngy_h)', 'count(responses.gamma_ngy_h)') }} as gamma_ngy_h,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified
    from responses
    inner join inputs
        on inputs.month = {{ iso_month('responses.local_date') }}
    group by
        responses.cosmic_response, responses.region_code, responses.region_level, responses.local_date, inputs.inputs_hash,
        inputs.month, inputs.is_verified

)

{% for cosmic in ['included', 'subtracted'] -%}
{{ indicator_rows(
    'radiation_gamma_mean_' ~ cosmic, 'areas', 'region_code', 'region_level', "'day'", 'local_date',
    half_even('gamma_ngy_h', 1), 'coalesce(stations_valid / nullif(stations, 0), 0)', 'stations_valid', 'inputs_hash', 'month', exact='gamma_ngy_h',
    null_reason="case when stations = 0 then 'no_station' else 'too_few_hours' end", verified='is_verified', where="cosmic_response = '" ~ cosmic ~ "'"
) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
