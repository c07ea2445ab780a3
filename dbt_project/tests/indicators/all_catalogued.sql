-- Every card whose period type has data is computed: nothing is catalogued that nobody makes.
with kinds as (

    select distinct period_type from {{ ref('dim_period') }} where theme = 'air'
    union all
    (select 'day' as period_type from {{ ref('air_station_day') }} limit 1)
    union all
    (select 'hour' as period_type from {{ ref('air_station_hour') }} limit 1)

),

comparable as (

    select distinct now.period_type
    from {{ ref('dim_period') }} as now
    inner join {{ ref('dim_period') }} as before
        on before.theme = now.theme
        and before.period_type = now.period_type
        and before.period_start = now.period_start - interval 1 year
    where now.theme = 'air'

),

promised as (

    select code, unnest(string_split(periods, ',')) as period_type
    from {{ source('core', 'catalog_indicators') }}
    where theme = 'air'

),

produced as (

    select distinct indicator_code, period_type from {{ ref('indicator_values') }}

)

select promised.*
from promised
left join produced
    on produced.indicator_code = promised.code
    and produced.period_type = promised.period_type
where produced.indicator_code is null
    and promised.period_type in (
        select period_type from kinds where not ends_with(promised.code, '_yoy')
        union all
        select period_type from comparable where ends_with(promised.code, '_yoy')
    )
