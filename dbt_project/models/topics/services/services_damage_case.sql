-- Compensation for ecological damage: the cases opened in the period that were not dropped, and what of the damage was paid.
with cases as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('ecology__damage_cases') }}) as rows
    where state is distinct from '终止'

),

areas as ({{ by_area_and_period('cases', 'members.local_date', 'services') }})

{{ measure('services_damage_cases', 'areas', 'count(*)', enough=fed_every_month(), reason=fed_too_few_months()) }}
union all
{{ measure('services_damage_paid_share', 'areas', 'sum(paid_10k_yuan) filter (where damage_10k_yuan is not null)',
           'sum(damage_10k_yuan) filter (where paid_10k_yuan is not null)', 100,
           inputs='count(paid_10k_yuan + damage_10k_yuan)', expected='count(*)', enough=fed_every_month(), reason=fed_too_few_months()) }}
