-- Measures of cities and the province by quarter and year: soil points above their limits, wells by class. A survey has
-- too few points a month to speak for one.
{% set metals = ['cd', 'hg', 'as', 'pb', 'cr', 'cu', 'ni', 'zn'] %}
{% set yearly = "period_type in ('year', 'ytd')" %}
with sample_days as ({{ by_area_and_period(ref('soil_sample'), 'members.sampled_on', 'soil') }}),

samples as (

    -- A point that was sampled twice in a period speaks once, by its latest sample. points_known: all that ever reported.
    select
        *,
        row_number() over (partition by station_code, area_code, period_type, period_start order by sampled_on desc) as nth,
        cast(is_above_screening as integer) as above_screening,
        cast(is_above_control as integer) as above_control
    from sample_days

),

soil_known as (

    select area_code as known_area, is_farmland as known_farmland, count(distinct station_code) as points_known
    from sample_days
    group by area_code, is_farmland

),

points as (

    select samples.*, soil_known.points_known
    from samples
    inner join soil_known
        on soil_known.known_area = samples.area_code and soil_known.known_farmland = samples.is_farmland
    where samples.nth = 1

),

item_days as ({{ by_area_and_period(ref('soil_sample_item'), 'members.sampled_on', 'soil') }}),

items as (

    select
        *,
        row_number() over (partition by station_code, item, area_code, period_type, period_start order by sampled_on desc) as nth
    from item_days

),

well_days as ({{ by_area_and_period(ref('groundwater_sample'), 'members.sampled_on', 'soil') }}),

well_classes as (

    -- A well's class over a period is that of its worst sample.
    select
        station_code,
        area_code,
        area_level,
        period_type,
        period_start,
        period_end,
        days_expected,
        months_expected,
        months_fed,
        max(class) as class
    from well_days
    group by
        station_code, area_code, area_level, period_type, period_start, period_end, days_expected, months_expected, months_fed

),

wells_known as (

    select area_code as known_area, count(distinct station_code) as wells_known from well_days group by area_code

),

wells as (

    select well_classes.*, wells_known.wells_known
    from well_classes
    inner join wells_known
        on wells_known.known_area = well_classes.area_code

)

{% for land, mine in [('farmland', 'is_farmland'), ('building', 'not is_farmland')] -%}
{{ measure('soil_' ~ land ~ '_exceedance_share', 'points', 'sum(above_screening)', 'count(above_screening)', 100,
           inputs='count(above_screening)', expected='max(points_known)', where=mine ~ ' and ' ~ yearly) }}
union all
{{ measure('soil_' ~ land ~ '_control_exceedance_share', 'points', 'sum(above_control)', 'count(above_control)', 100,
           inputs='count(above_control)', expected='max(points_known)', where=mine ~ ' and ' ~ yearly) }}
union all
{{ measure('soil_' ~ land ~ '_safe_use_rate', 'points', 'count(*) filter (where above_screening = 1 and above_control = 0)',
           'sum(above_screening)', 100, inputs='count(above_control)', expected='max(points_known)',
           where=mine ~ ' and ' ~ yearly) }}
union all
{% endfor -%}
{% for metal in metals -%}
{{ measure('soil_' ~ metal ~ '_exceedance_share', 'items', 'count(*) filter (where is_above_screening)',
           'count(is_above_screening)', 100, inputs='count(is_above_screening)', expected='count(*)',
           where="nth = 1 and item = 'soil_" ~ metal ~ "_mg_kg' and " ~ yearly) }}
union all
{% endfor -%}
{% for code, condition in [('soil_groundwater_class_1_4_share', 'class <= 4'), ('soil_groundwater_class_1_3_share', 'class <= 3')] -%}
{{ measure(code, 'wells', 'count(*) filter (where ' ~ condition ~ ')', 'count(class)', 100, inputs='count(class)',
           expected='max(wells_known)', where="period_type <> 'month'") }}
{{ 'union all' if not loop.last }}
{% endfor -%}
