-- Odour monitors at park fences: hours that the agency marked as a time of complaint (K), of the hours with a reading. The
-- electronic nose has no limit of law, so none is applied.
with hours as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__odour_monitoring') }}) as rows
    where item = 'odour_concentration'

),

areas as ({{ by_area_and_period('hours', 'members.local_date', 'services') }})

{{ measure('services_odour_complaint_share', 'areas', "count(*) filter (where flag = 'K' and value is not null)", 'count(value)',
           100, inputs='count(value)', expected='count(distinct station_code) * days_expected * 24',
           enough=fed_every_month(), reason=fed_too_few_months()) }}
