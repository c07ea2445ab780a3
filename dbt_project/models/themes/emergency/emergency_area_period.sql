-- Measures of cities and the province by period: events by grade and how they were answered, and the risk sources that
-- are listed. A city without an event has none: it is no gap.
{% set grades = {'extraordinary': '特别重大', 'major': '重大', 'serious': '较大', 'ordinary': '一般', 'ungraded': '未达级别'} %}
{% set covered = 'bool_and(is_covered)' %}
{% set reason = "'period_not_covered'" %}
with known as (

    select min(date_trunc('month', first_date)) as first_day, max(last_day(last_date)) as final_day
    from {{ source('core', 'months') }}
    where theme = 'emergency'

),

areas as (

    select
        regions.region_code as area_code,
        regions.region_level as area_level,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_expected,
        periods.months_expected,
        periods.months_expected as months_fed,
        periods.period_start >= known.first_day and periods.period_end <= known.final_day as is_covered,
        row_number() over (partition by regions.region_code, periods.period_type order by periods.period_start desc) as nth
    from {{ ref('regions') }} as regions
    cross join known
    inner join {{ ref('dim_period') }} as periods
        on periods.theme = 'emergency'
    where regions.region_code = '330000' or (regions.region_level = 'city' and regions.parent_code = '330000')

),

answered as (

    -- An area without events keeps one row, in which everything about the event is null.
    select
        areas.*,
        events.event_code,
        events.grade,
        events.is_closed,
        events.minutes_to_arrive,
        events.hours_to_end,
        events.is_in_time
    from areas
    left join {{ ref('emergency_event') }} as events
        on events.is_event
        and events.reported_on between areas.period_start and areas.period_end
        and (areas.area_level = 'province' or areas.area_code = substr(events.region_code, 1, 4) || '00')

),

sources as (

    -- The register says how things are now: it speaks in the latest period of each kind only.
    select
        areas.*,
        listed.credit_code,
        listed.risk_grade,
        listed.plan_filed_on <= areas.period_end
            and listed.plan_filed_on + to_years(cast(plan_valid_years.value as integer)) > areas.period_end as has_plan
    from areas
    left join {{ ref('emergency_risk_source') }} as listed
        on listed.is_listed
        and (areas.area_level = 'province' or areas.area_code = substr(listed.region_code, 1, 4) || '00')
    {{ rule_join(ref('emergency_rules'), 'plan_valid_years', 'areas.period_end') }}
    where areas.nth = 1

)

{{ measure('emergency_events', 'answered', 'count(event_code)', inputs='count(event_code)', enough=covered, reason=reason) }}
union all
{% for code, grade in grades.items() -%}
{{ measure('emergency_events_' ~ code, 'answered', "count(event_code) filter (where grade = '" ~ grade ~ "')",
           inputs='count(event_code)', enough=covered, reason=reason) }}
union all
{% endfor -%}
{{ measure('emergency_arrival_minutes', 'answered', percentile('minutes_to_arrive', 0.5), inputs='count(minutes_to_arrive)',
           expected='count(event_code)', enough=covered, reason=reason) }}
union all
{{ measure('emergency_arrival_in_time_share', 'answered', 'count(*) filter (where is_in_time)', 'count(is_in_time)', 100,
           inputs='count(is_in_time)', expected='count(event_code)', enough=covered, reason=reason) }}
union all
{{ measure('emergency_hours_to_end', 'answered', percentile('hours_to_end', 0.5), inputs='count(hours_to_end)',
           expected='count(event_code)', enough=covered, reason=reason) }}
union all
{{ measure('emergency_closed_share', 'answered', 'count(*) filter (where is_closed)', 'count(event_code)', 100,
           inputs='count(event_code)', enough=covered, reason=reason) }}
union all
{{ measure('emergency_risk_sources', 'sources', 'count(credit_code)', inputs='count(credit_code)') }}
union all
{{ measure('emergency_risk_sources_major', 'sources', "count(credit_code) filter (where risk_grade in ('重大', '较大'))",
           inputs='count(credit_code)') }}
union all
{{ measure('emergency_plan_filed_share', 'sources', 'count(credit_code) filter (where has_plan)', 'count(credit_code)', 100,
           inputs='count(credit_code)') }}
