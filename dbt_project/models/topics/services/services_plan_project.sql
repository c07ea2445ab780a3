-- The plan's projects: their state is reported for each quarter, so they speak for quarters only, and for the province.
with projects as (

    select
        '330000' as region_code,
        status,
        spent_yuan,
        investment_yuan,
        cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__plan_projects') }}) as rows

),

areas as ({{ by_area_and_period('projects', 'members.local_date', 'services') }})

{{ measure('services_projects_done_share', 'areas', "count(*) filter (where status = '完工')", 'count(*)', 100,
           where="period_type = 'quarter' and area_level = 'province'") }}
union all
{{ measure('services_projects_spent_share', 'areas', 'sum(spent_yuan) filter (where investment_yuan is not null)',
           'sum(investment_yuan) filter (where spent_yuan is not null)', 100, inputs='count(spent_yuan + investment_yuan)',
           expected='count(*)', where="period_type = 'quarter' and area_level = 'province'") }}
