-- Model cases published up to the end of each period.
with cases as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__plan_cases') }}) as rows

),

areas as ({{ held_at_the_end('cases', 'services', 'members.local_date <= periods.period_end') }})

{{ measure('services_plan_cases', 'areas', 'count(distinct case_id)', inputs='count(distinct case_id)') }}
