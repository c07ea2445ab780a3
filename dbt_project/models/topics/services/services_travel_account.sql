-- Low-carbon travel: what the platform sends are sums of a city, mode and month; trips of persons never reach the lake.
{% set every_month = 'count(distinct local_date) = months_expected' %}
{% set months_short = "'too_few_months: ' || count(distinct local_date) || ' of ' || months_expected" %}
with journeys as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__travel_accounts') }}) as rows

),

areas as ({{ by_area_and_period('journeys', 'members.local_date', 'services') }})

{{ measure('services_travel_reduction', 'areas', 'sum(reduction_t)', inputs='count(reduction_t)',
           expected='count(distinct region_code || mode) * months_expected', enough=every_month, reason=months_short) }}
