-- One row per region and period: species recorded, taxa in environmental DNA, patrols. What was found is counted once however
-- often it was found; a region counts all that lies in it.
with records as (

    {{ newest_rows('ecology__biodiversity_records') }}

),

samples as (

    {{ newest_rows('ecology__environmental_dna') }}

),

patrols as (

    {{ newest_rows('ecology__redline_patrols') }}

),

members as (

    {{ members_of_regions() }}

),

findings as (

    -- what a reviewer doubted or sent back is no record
    select
        'species' as kind,
        region_code,
        interval_start_at,
        species_latin as name,
        coalesce(protection in ('国家一级', '国家二级'), false) as is_protected,
        true as is_counted,
        cast(null as decimal(12, 4)) as length_km,
        cast(null as varchar) as state
    from records
    where review = '通过'
    union all
    -- a taxon that appears in the blank, or whose blank was not run, may be a contamination
    select 'taxon' as kind, region_code, interval_start_at, taxon, false, coalesce(blank_reads = 0 and reads > 0, false), null, null
    from samples
    union all
    select 'patrol' as kind, region_code, interval_start_at, patrol_code, false, coalesce(problem <> '无', false), length_km, state
    from patrols

)

select
    members.region_code,
    members.region_level,
    periods.period_type,
    periods.period_start,
    count(*) filter (where findings.kind = 'species') as records,
    count(distinct findings.name) filter (where findings.kind = 'species') as species,
    count(distinct findings.name) filter (where findings.kind = 'species' and findings.is_protected) as protected_species,
    count(*) filter (where findings.kind = 'taxon') as detections,
    count(*) filter (where findings.kind = 'taxon' and findings.is_counted) as clean_detections,
    count(distinct findings.name) filter (where findings.kind = 'taxon' and findings.is_counted) as taxa,
    count(*) filter (where findings.kind = 'patrol') as patrols,
    count(findings.length_km) as patrols_measured,
    cast(sum(findings.length_km) as decimal(18, 4)) as patrol_km,
    count(*) filter (where findings.kind = 'patrol' and findings.is_counted) as problems,
    count(*) filter (where findings.kind = 'patrol' and findings.is_counted and findings.state = '已销号') as problems_closed
from findings
inner join members
    on members.member_code = findings.region_code
inner join {{ ref('dim_period') }} as periods
    on {{ local_day('findings.interval_start_at') }} between periods.period_start and periods.period_end
    and periods.theme = 'ecology'
group by members.region_code, members.region_level, periods.period_type, periods.period_start
