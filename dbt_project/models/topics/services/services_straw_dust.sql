-- Straw fires, dumped waste, damage to nature and dust found in the period; false alarms and repeats do not count.
with events as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__straw_dust_events') }}) as rows
    where coalesce(verdict, '') not in ('误报', '重复')

),

areas as ({{ by_area_and_period('events', 'members.local_date', 'services') }})

{{ measure('services_straw_dust_events', 'areas', 'count(*)', enough=fed_every_month(), reason=fed_too_few_months()) }}
union all
{{ measure('services_straw_dust_dealt_share', 'areas', 'count(dealt_with_at)', 'count(*)', 100,
           enough=fed_every_month(), reason=fed_too_few_months()) }}
