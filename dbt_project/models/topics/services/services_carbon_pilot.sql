-- Enterprises recognised as pilots of standardised carbon management up to the end of each period.
with pilots as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__carbon_standard_pilots') }}) as rows

),

areas as ({{ held_at_the_end('pilots', 'services', 'members.local_date <= periods.period_end') }})

{{ measure('services_carbon_pilots', 'areas', 'count(distinct credit_code)', inputs='count(distinct credit_code)') }}
