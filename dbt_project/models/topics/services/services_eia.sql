-- Environmental impact assessments: of the projects received in the period.
with projects as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__eia_projects') }}) as rows

),

areas as ({{ by_area_and_period('projects', 'members.local_date', 'services') }})

{{ measure('services_eia_smart_share', 'areas', "count(*) filter (where smart_compiled = '是')", 'count(smart_compiled)', 100,
           inputs='count(smart_compiled)', expected='count(*)', enough=fed_every_month(), reason=fed_too_few_months()) }}
union all
{{ measure('services_eia_days_to_approve', 'areas', percentile('cast(approved_on - local_date as integer)', 0.5),
           inputs='count(approved_on)', expected='count(*)', enough=fed_every_month(), reason=fed_too_few_months()) }}
