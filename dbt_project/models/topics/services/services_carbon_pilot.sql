-- Enterprises recognised as pilots of standardised carbon management in the period.
with pilots as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__carbon_standard_pilots') }}) as rows

),

areas as ({{ by_area_and_period('pilots', 'members.local_date', 'services') }})

{{ measure('services_carbon_pilots', 'areas', 'count(distinct credit_code)', inputs='count(distinct credit_code)') }}
