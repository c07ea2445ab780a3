-- One row per city and period that has a same period of the year before: change of the city index and its rank. A city at
-- class II or better in both periods is left out of the ranking.
with classes as (

    select region_code, period_type, period_start, mean_class from {{ ref('water_group_period') }} where region_level = 'city'

),

compared as (

    select
        now.region_code,
        regions.parent_code,
        now.period_type,
        now.period_start,
        least(now.items_indexed, before.items_indexed) as items_indexed,
        now.cwqi,
        before.cwqi as cwqi_before,
        coalesce(classes_now.mean_class <= 2 and classes_before.mean_class <= 2, false) as is_left_out,
        cast((cast(now.cwqi as double) - before.cwqi) / before.cwqi * 100 as decimal(18, 9)) as change_percent
    from {{ ref('water_city_index') }} as now
    inner join {{ ref('water_city_index') }} as before
        on before.region_code = now.region_code
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    inner join {{ ref('regions') }} as regions
        on regions.region_code = now.region_code
    left join classes as classes_now
        on classes_now.region_code = now.region_code
        and classes_now.period_type = now.period_type
        and classes_now.period_start = now.period_start
    left join classes as classes_before
        on classes_before.region_code = before.region_code
        and classes_before.period_type = before.period_type
        and classes_before.period_start = before.period_start

)

select
    region_code,
    period_type,
    period_start,
    items_indexed,
    cwqi,
    cwqi_before,
    is_left_out,
    change_percent,
    case when not is_left_out and change_percent is not null then rank() over (
        partition by parent_code, period_type, period_start, is_left_out, change_percent is null
        order by {{ half_even_signed('change_percent', 2) }}
    ) end as change_rank,
    count(*) filter (where not is_left_out and change_percent is not null)
        over (partition by parent_code, period_type, period_start) as cities_compared
from compared
