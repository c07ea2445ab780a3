-- One row per lake (a section of a lake, or a lake under bloom watch), period and item of the trophic level index: the mean
-- and its TLI. Transparency is in no dataset delivered for lakes: its row stands without value, and the sum has none.
with lakes as (

    select
        classes.station_code as region_code,
        'section' as region_level,
        classes.period_type,
        classes.period_start,
        classes.period_end
    from {{ ref('water_section_period') }} as classes
    where classes.water_type = 'lake'
    union all
    select
        lake_code as region_code,
        'water_body' as region_level,
        period_type,
        period_start,
        period_end
    from {{ ref('water_lake_bloom_period') }}

),

measured as (

    select station_code as region_code, item, period_type, period_start, value
    from {{ ref('water_section_period_item') }}
    union all
    select
        lake_code as region_code,
        'chlorophyll_a_mg_l' as item,
        period_type,
        period_start,
        cast(chlorophyll_a_ug_l * 0.001 as decimal(18, 9)) as value
    from {{ ref('water_lake_bloom_period') }}

)

select
    lakes.region_code,
    lakes.region_level,
    lakes.period_type,
    lakes.period_start,
    lakes.period_end,
    parameters.item,
    parameters.weight,
    measured.value,
    cast({{ tli_part('measured.value') }} as decimal(18, 9)) as tli
from lakes
inner join {{ ref('water_tli_parameters') }} as parameters
    on lakes.period_end between parameters.valid_from and parameters.valid_to
left join measured
    on measured.region_code = lakes.region_code
    and measured.period_type = lakes.period_type
    and measured.period_start = lakes.period_start
    and measured.item = parameters.input_item
