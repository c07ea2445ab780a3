-- Personal carbon accounts: what the platform sends are sums of a city and month; persons never reach the lake.
{% set every_month = 'count(distinct local_date) = months_expected' %}
{% set months_short = "'too_few_months: ' || count(distinct local_date) || ' of ' || months_expected" %}
with accounts as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__personal_carbon_accounts') }}) as rows

),

areas as ({{ by_area_and_period('accounts', 'members.local_date', 'services') }})

{{ measure('services_carbon_active_share', 'areas', 'sum(active_accounts) filter (where accounts is not null)',
           'sum(accounts) filter (where active_accounts is not null)', 100, inputs='count(active_accounts + accounts)',
           expected='count(distinct region_code) * months_expected', enough=every_month, reason=months_short) }}
union all
{{ measure('services_carbon_reduction', 'areas', 'sum(reduction_t)', inputs='count(reduction_t)',
           expected='count(distinct region_code) * months_expected', enough=every_month, reason=months_short) }}
