-- What relates the entities, one row a directed edge; every id stands in kb_entity.
with latest_regions as (

    -- what a code in a register means: its newest area; where one code is two levels (Shanghai), the city
    select entity_id, region_code, region_level
    from {{ ref('kb_region') }}
    qualify row_number() over (
        partition by region_code order by coalesce(valid_to, date '9999-12-31') desc, region_level, entity_id
    ) = 1

),

areas_in as (

    select areas.entity_id as subject_id, 'in' as relation, parents.entity_id as object_id, areas.valid_from,
        areas.valid_to, null as share, areas.source
    from {{ ref('kb_region') }} as areas
    inner join {{ ref('kb_region') }} as parents
        on parents.region_code = areas.parent_code
        and parents.region_level = case when areas.region_level = 'county' then 'city' else 'province' end
    where areas.region_level in ('county', 'city')

),

areas_succeeded as (

    select before.entity_id as subject_id, 'succeeded_by' as relation, after.entity_id as object_id,
        changes.effective_from as valid_from, null as valid_to, changes.share, changes.source
    from {{ ref('region_changes') }} as changes
    inner join {{ ref('kb_region') }} as before
        on before.region_code = changes.predecessor_code
        and before.valid_to = cast(changes.effective_from - interval 1 day as date)
    inner join {{ ref('kb_region') }} as after
        on after.region_code = changes.successor_code
        and after.valid_from = changes.effective_from

),

registered as (

    select *, {{ kb_id('kind', 'code') }} as entity_id
    from {{ ref('kb_register') }}

),

registered_relations as (

    select registered.entity_id as subject_id, 'in' as relation, latest_regions.entity_id as object_id,
        registered.valid_from, null as valid_to, null as share, registered.register as source
    from registered
    inner join latest_regions
        on latest_regions.region_code = registered.region_code
    union all
    select entity_id, 'monitors', {{ kb_id("'water'", 'water_zh') }}, null, null, null, register
    from registered
    where water_zh is not null
    union all
    select entity_id, 'discharges_to', {{ kb_id("'medium'", 'medium') }}, valid_from, null, null, register
    from registered
    where medium in ('water', 'gas')
    union all
    select entity_id, 'owned_by', {{ kb_id("'firm'", 'owner_code') }}, valid_from, null, null, register
    from registered
    where owner_code is not null

),

station_relations as (

    select {{ kb_id("'station'", 'stations.station_code') }} as subject_id, relations.relation,
        latest_regions.entity_id as object_id, null as valid_from, null as valid_to, null as share,
        'air__station_register' as source
    from {{ ref('dim_station') }} as stations
    inner join latest_regions
        on latest_regions.region_code = stations.region_code
    cross join (values ('in'), ('monitors')) as relations (relation)

),

river_relations as (

    select {{ kb_id("'water'", 'river') }} as subject_id, 'upstream_of' as relation,
        {{ kb_id("'water'", 'flows_into') }} as object_id, null as valid_from, null as valid_to, null as share, source
    from {{ ref('river_courses') }}

),

plan_relations as (

    select {{ kb_id("'unit'", 'lead_unit') }} as subject_id, 'leads' as relation,
        {{ kb_id("'clause'", 'clause') }} as object_id, null as valid_from, null as valid_to, null as share, source
    from {{ ref('plan_clauses') }}
    union all
    select 'unit:' || unnest(string_split(responsible_units, '、')), 'responsible_for', {{ kb_id("'clause'", 'clause') }},
        null, null, null, source
    from {{ ref('plan_clauses') }}
    union all
    select 'unit:' || unnest(string_split(responsible_units, '、')), 'responsible_for', {{ kb_id("'target'", 'code') }},
        null, null, null, source
    from {{ ref('plan_targets') }}
    where responsible_units is not null
    union all
    select {{ kb_id("'target'", 'code') }}, 'in', {{ kb_id("'clause'", 'clause') }}, null, null, null, source
    from {{ ref('plan_targets') }}
    where clause is not null
    union all
    select {{ kb_id("'system'", 'name_zh') }}, 'in', {{ kb_id("'clause'", 'clause') }}, null, null, null,
        'plan draft for comment, clause ' || clause
    from {{ ref('plan_systems') }}

),

standard_relations as (

    -- a text that names a number without its year means every edition of it
    select {{ kb_id("'indicator'", 'indicators.code') }} as subject_id, 'computed_under' as relation,
        standards.entity_id as object_id, standards.in_force_from as valid_from, standards.in_force_to as valid_to,
        null as share, indicators.standard as source
    from {{ source('core', 'catalog_indicators') }} as indicators
    inner join {{ ref('kb_standard') }} as standards
        on contains(indicators.standard, standards.number)
        or contains(indicators.standard, standards.title_zh)
        or regexp_matches(indicators.standard, standards.family || '($|[^-0-9])')
    union all
    select {{ kb_id("'edition'", 'rulebooks.edition') }}, 'computed_under', standards.entity_id, rulebooks.valid_from,
        rulebooks.valid_to, null, rulebooks.source
    from {{ ref('air_rulebooks') }} as rulebooks
    inner join {{ ref('kb_standard') }} as standards
        on starts_with(rulebooks.limits_edition, standards.standard_code)
        or standards.standard_code in (rulebooks.aqi_edition, rulebooks.assessment_edition, rulebooks.ranking_edition)
    union all
    select entity_id, 'succeeded_by', {{ kb_id("'standard'", 'replaced_by') }}, in_force_to, null, null, source
    from {{ ref('kb_standard') }}
    where replaced_by is not null

),

serving as (

    select {{ kb_id("'dataset'", 'serves.dataset') }} as subject_id, 'serves' as relation,
        {{ kb_id("'system'", 'systems.name_zh') }} as object_id, null as valid_from, null as valid_to, null as share,
        'card of the dataset' as source
    from (
        select dataset, unnest(string_split(serves, ',')) as system_zh from {{ source('core', 'catalog_datasets') }}
    ) as serves
    inner join {{ ref('plan_systems') }} as systems
        on systems.name_zh = serves.system_zh
    union all
    select {{ kb_id("'indicator'", 'indicators.code') }}, 'serves', {{ kb_id("'system'", 'themes.system_zh') }}, null, null,
        null, themes.source
    from {{ source('core', 'catalog_indicators') }} as indicators
    inner join {{ ref('theme_systems') }} as themes
        on themes.theme = indicators.theme

)

{% for part in ['areas_in', 'areas_succeeded', 'registered_relations', 'station_relations', 'river_relations',
                'plan_relations', 'standard_relations', 'serving'] -%}
select
    subject_id,
    relation,
    object_id,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(share as decimal(9, 8)) as share,
    source
from {{ part }}
{{ 'union all' if not loop.last }}
{% endfor %}
