-- One row per city or province, zone class ('all' and each) and period: energy means over its valid points, and
-- point-times (days and nights of points) that met the limits. A province has a row for every zone class there is.
with points as (

    select * from {{ ref('noise_point_period') }}

),

members as (

    select regions.region_code, regions.region_level, zones.zone, points.*
    from points
    cross join lateral (
        values (points.city_code, 'city'), (points.province_code, 'province')
    ) as regions (region_code, region_level)
    cross join lateral (values ('all'), (points.zone_class)) as zones (zone)
    where regions.region_code is not null

),

sums as (

    select
        region_code,
        region_level,
        zone,
        period_type,
        period_start,
        count(*) as points_expected,
        count(*) filter (where is_valid) as points_valid,
        sum({{ energy('ld_dba') }}) filter (where is_valid) as day_energy,
        sum({{ energy('ln_dba') }}) filter (where is_valid) as night_energy,
        sum({{ energy('ldn_dba') }}) filter (where is_valid) as whole_energy,
        {% for column in ['days_valid', 'nights_valid', 'days_passed', 'nights_passed', 'bursts_judged',
                          'bursts_passed'] -%}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from members
    group by region_code, region_level, zone, period_type, period_start

),

zones as (

    select 'all' as zone
    union
    select zone_class as zone from {{ ref('noise_limits') }}

),

listed as (

    select region_code, region_level, zone, period_type, period_start from sums
    union
    select points.province_code, 'province', zones.zone, points.period_type, points.period_start
    from points
    cross join zones
    where points.province_code is not null

),

rules as (
    {{ rules_as_columns(ref('noise_rules'), ['point_min_share']) }}
)

select
    listed.region_code,
    listed.region_level,
    listed.zone as zone_class,
    listed.period_type,
    listed.period_start,
    {% for column in ['points_expected', 'points_valid', 'days_valid', 'nights_valid', 'days_passed', 'nights_passed',
                      'bursts_judged', 'bursts_passed'] -%}
    cast(coalesce(sums.{{ column }}, 0) as bigint) as {{ column }},
    {% endfor -%}
    coalesce(sums.points_valid > 0 and sums.points_valid >= sums.points_expected * rules.point_min_share, false) as is_valid,
    {{ level_of_mean('sums.day_energy', 'sums.points_valid') }} as ld_dba,
    {{ level_of_mean('sums.night_energy', 'sums.points_valid') }} as ln_dba,
    {{ level_of_mean('sums.whole_energy', 'sums.points_valid') }} as ldn_dba
from listed
inner join rules
    on listed.period_start between rules.valid_from and rules.valid_to
left join sums
    on sums.region_code = listed.region_code
    and sums.zone = listed.zone
    and sums.period_type = listed.period_type
    and sums.period_start = listed.period_start
