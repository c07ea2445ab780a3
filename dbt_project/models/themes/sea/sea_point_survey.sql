-- One row per point and survey day: class by the worst item, the items worse than class II, and the eutrophication index.
with items as (

    select judged.*, items.zh, items.is_required
    from {{ ref('sea_point_item') }} as judged
    inner join {{ ref('sea_items') }} as items
        on items.item = judged.item

),

rules as (
    {{ rules_as_columns(ref('sea_rules'), ['nondetect_share']) }}
),

surveys as (

    select
        items.station_code,
        items.survey_on,
        items.season,
        count(items.class) as items_judged,
        count(items.class) filter (where items.is_required) as required_judged,
        max(items.class) as worst_class,
        string_agg(items.zh, ',' order by items.class desc, items.exceedance_multiple desc nulls last, items.item asc)
            filter (where items.class > 2) as main_pollutants,
        {% for code, item in [('cod', 'cod_alkaline_mg_l'), ('din', 'din_mg_l'), ('dip', 'dip_mg_l')] -%}
        max(case when items.item = '{{ item }}'
            then coalesce(items.value, case when items.is_below_detection then items.detection_limit * rules.nondetect_share end)
            end) as {{ code }}_mg_l{{ ',' if not loop.last }}
        {% endfor -%}
    from items
    inner join rules
        on items.survey_on between rules.valid_from and rules.valid_to
    group by items.station_code, items.survey_on, items.season

),

required as (

    select count(*) as items_required from {{ ref('sea_items') }} where is_required

),

indexed as (

    select
        surveys.*,
        required.items_required,
        surveys.required_judged = required.items_required as is_valid,
        cast(
            cast(surveys.cod_mg_l as double) * cast(surveys.din_mg_l as double) * cast(surveys.dip_mg_l as double)
            * 1e6 / 4500 as decimal(18, 9)
        ) as eutrophication_index
    from surveys
    cross join required

)

select
    indexed.station_code,
    indexed.survey_on,
    indexed.season,
    cast(extract(year from indexed.survey_on) as integer) as survey_year,
    places.bay_code,
    places.city_code,
    places.province_code,
    indexed.items_judged,
    indexed.required_judged,
    cast(indexed.items_required as bigint) as items_required,
    indexed.is_valid,
    case when indexed.is_valid then indexed.worst_class end as class,
    indexed.main_pollutants,
    cast(indexed.cod_mg_l as decimal(18, 6)) as cod_mg_l,
    cast(indexed.din_mg_l as decimal(18, 6)) as din_mg_l,
    cast(indexed.dip_mg_l as decimal(18, 6)) as dip_mg_l,
    indexed.eutrophication_index,
    cast(levels.level as integer) as eutrophication_level,
    levels.zh as eutrophication_zh
from indexed
left join {{ ref('sea_place') }} as places
    on places.region_code = indexed.station_code
left join {{ ref('sea_eutrophication_levels') }} as levels
    on indexed.eutrophication_index > levels.index_from
    or (indexed.eutrophication_index = levels.index_from and levels.includes_from)
qualify row_number() over (partition by indexed.station_code, indexed.survey_on order by levels.level desc) = 1
