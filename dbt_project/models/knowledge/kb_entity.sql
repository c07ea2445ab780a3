-- Everything the library knows by name, one row a thing; what relates them is in kb_relation.
with units as (

    select distinct unnest(string_split(lead_unit || '、' || responsible_units, '、')) as name_zh, certainty, source
    from {{ ref('plan_clauses') }}

),

waters as (

    select water_zh as name_zh, 'register' as certainty, 'water__section_register' as source
    from {{ ref('kb_register') }}
    where water_zh is not null
    union all
    select unnest([river, flows_into]), certainty, source
    from {{ ref('river_courses') }}

)

select
    entity_id,
    region_level as kind,
    region_code as code,
    name_zh,
    cast(null as varchar) as name_en,
    valid_from,
    valid_to,
    certainty,
    source
from {{ ref('kb_region') }}
union all
select {{ kb_id("'station'", 'station_code') }}, 'station', station_code, name_zh, null, null, null, 'register',
    'air__station_register'
from {{ ref('dim_station') }}
union all
select {{ kb_id('kind', 'code') }}, kind, code, name_zh, null, valid_from, null, 'register', register
from {{ ref('kb_register') }}
union all
select {{ kb_id("'water'", 'name_zh') }}, 'water', name_zh, name_zh, null, null, null, certainty, source
from waters
qualify row_number() over (partition by name_zh order by certainty, source) = 1
union all
select {{ kb_id("'medium'", 'code') }}, 'medium', code, name_zh, code, null, null, 'register', 'ecology__outlet_register'
from (values ('water', '水体'), ('gas', '大气')) as media (code, name_zh)
union all
select {{ kb_id("'unit'", 'name_zh') }}, 'unit', name_zh, name_zh, null, null, null, certainty, source
from units
union all
select {{ kb_id("'clause'", 'clause') }}, 'clause', clause, title_zh, summary_en, null, null, certainty, source
from {{ ref('plan_clauses') }}
union all
select {{ kb_id("'target'", 'code') }}, 'target', code, target_zh, target_en, null, null, certainty, source
from {{ ref('plan_targets') }}
union all
select {{ kb_id("'system'", 'name_zh') }}, 'system', name_zh, name_zh, null, null, null, 'verified',
    'plan draft for comment, clause ' || clause
from {{ ref('plan_systems') }}
union all
select {{ kb_id("'indicator'", 'code') }}, 'indicator', code, name_zh, name_en, null, null, certainty, standard
from {{ source('core', 'catalog_indicators') }}
union all
select entity_id, 'standard', standard_code, title_zh, null, in_force_from, in_force_to, certainty, source
from {{ ref('kb_standard') }}
union all
select {{ kb_id("'edition'", 'edition') }}, 'edition', edition, zh, en, valid_from, valid_to, certainty, source
from {{ ref('air_rulebooks') }}
union all
select {{ kb_id("'dataset'", 'dataset') }}, 'dataset', dataset, title_zh, title_en, cast(null as date),
    cast(null as date), 'verified', 'card of the dataset'
from {{ source('core', 'catalog_datasets') }}
where serves <> ''
