-- Model cases published in the period.
with cases as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__plan_cases') }}) as rows

),

areas as ({{ by_area_and_period('cases', 'members.local_date', 'services') }})

{{ measure('services_plan_cases', 'areas', 'count(distinct case_id)', inputs='count(distinct case_id)') }}
