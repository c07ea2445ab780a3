-- One row per city and local day on which something was recorded: what sums up over days and cities. Monthly and quarterly
-- reports stand on the last day of their period.
{% set sums = ['inspections', 'inspections_by_clue', 'inspections_with_problem', 'penalties', 'fines_10k_yuan',
               'cameras', 'cameras_online', 'key_area_km2', 'covered_km2', 'sorties', 'sortie_problems',
               'permit_reports', 'permit_reports_in_time', 'obd_days', 'obd_days_online', 'passages', 'passages_failed'] %}
with inspections as ({{ newest_rows('ecology__inspections', scope=false) }}),

penalties as ({{ newest_rows('ecology__penalties', scope=false) }}),

video as ({{ newest_rows('ecology__video_coverage', scope=false) }}),

sorties as ({{ newest_rows('ecology__uav_sorties', scope=false) }}),

permit_reports as ({{ newest_rows('ecology__permit_reports', scope=false) }}),

obd as ({{ newest_rows('ecology__vehicle_obd', scope=false) }}),

passages as ({{ newest_rows('ecology__vehicle_remote_sensing', scope=false) }}),

recorded as (

    select
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        1 as inspections,
        cast(kind = '线索核查' as integer) as inspections_by_clue,
        cast(finding <> '未发现问题' as integer) as inspections_with_problem
    from inspections
    where coalesce(status, '') <> '作废' and finding is not null
    union all by name
    select
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        1 as penalties,
        fine_10k_yuan as fines_10k_yuan
    from penalties
    where coalesce(status, '') <> '已撤销'
    union all by name
    select
        region_code,
        cast({{ local_time('interval_end_at') }} as date) - 1 as local_date,
        case when cameras_online is not null then cameras end as cameras,
        case when cameras is not null then cameras_online end as cameras_online,
        case when covered_km2 is not null then key_area_km2 end as key_area_km2,
        case when key_area_km2 is not null then covered_km2 end as covered_km2
    from video
    union all by name
    select
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        1 as sorties,
        problems as sortie_problems
    from sorties
    where coalesce(status, '') <> '取消'
    union all by name
    -- one report a permit and quarter, whatever the number of pollutants
    select
        max(region_code) as region_code,
        cast({{ local_time('interval_end_at') }} as date) - 1 as local_date,
        1 as permit_reports,
        min(cast(state in ('通过', '退回补正') as integer)) as permit_reports_in_time
    from permit_reports
    where state is not null
    group by permit_code, interval_end_at
    union all by name
    select
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        1 as obd_days,
        cast(link_state = '在线' as integer) as obd_days_online
    from obd
    where link_state is not null
    union all by name
    select
        region_code,
        cast({{ local_time('interval_start_at') }} as date) as local_date,
        1 as passages,
        cast(verdict = '不合格' as integer) as passages_failed
    from passages
    where verdict in ('合格', '不合格')

)

select
    substr(region_code, 1, 4) || '00' as city_code,
    local_date,
    {% for column in sums -%}
    cast(coalesce(sum({{ column }}), 0) as {{ 'decimal(18,4)' if 'km2' in column or 'yuan' in column else 'bigint' }}) as {{ column }}
    {{- ',' if not loop.last }}
    {% endfor %}
from recorded
group by substr(region_code, 1, 4) || '00', local_date
