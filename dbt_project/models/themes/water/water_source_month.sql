-- One row per drinking-water source and month: whether it meets class III of table 1 (less temperature, total nitrogen and
-- fecal coliform) and the limits of table 2.
with samples as (

    {{ newest_rows('water__drinking_source_monthly', scope=false) }}

),

rules as (

    select max(value) as below_limit_share from {{ ref('water_rules') }} where rule = 'below_limit_share'

),

measured as (

    select
        samples.station_code,
        samples.source_name,
        samples.region_code,
        case samples.water_body_type when '湖库' then 'lake' else 'river' end as water_type,
        cast(samples.month || '-01' as date) as month_start,
        samples.item,
        cast(
            case when samples.agency_flag = 'L' then samples.detection_limit * rules.below_limit_share else samples.value end
            as decimal(18, 9)
        ) as value
    from samples
    cross join rules

),

judged as (

    select
        measured.*,
        coalesce(limits.item_zh, more.item_zh) as item_zh,
        coalesce(limits.in_21, false) as in_21,
        more.item is not null as in_table_2,
        case
            when measured.value is null then null
            when limits.in_21 then {{ water_class(half_even_at('measured.value', 'limits.decimals')) }} <= 3
            when more.item is not null then measured.value <= more.limit_mg_l
        end as meets
    from measured
    left join {{ ref('water_limits') }} as limits
        on limits.item = measured.item
        and limits.water_type = measured.water_type
        and measured.month_start between limits.valid_from and limits.valid_to
    left join {{ ref('water_source_limits') }} as more
        on more.item = measured.item
        and measured.month_start between more.valid_from and more.valid_to

)

select
    station_code,
    max(source_name) as source_name,
    region_code,
    water_type,
    month_start,
    count(meets) as items_judged,
    count(*) filter (where in_21 or in_table_2) as items_expected,
    count(*) filter (where not meets) as items_above,
    string_agg(item_zh, ',' order by item) filter (where not meets) as above_items,
    case when count(*) filter (where not meets) > 0 then false
        when count(meets) = 26 then true end as meets_class3
from judged
group by station_code, region_code, water_type, month_start
