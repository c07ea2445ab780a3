-- Public funds of the plan: accounts of a city and year, so they speak for whole years only.
with funds as (

    select *, cast({{ local_time('interval_start_at') }} as date) as local_date
    from ({{ newest_rows('resources__plan_funds') }}) as rows

),

areas as ({{ by_area_and_period('funds', 'members.local_date', 'services') }})

{{ measure('services_fund_spent_share', 'areas', 'sum(spent_yuan) filter (where budget_yuan is not null)',
           'sum(budget_yuan) filter (where spent_yuan is not null)', 100, inputs='count(spent_yuan + budget_yuan)',
           expected='count(*)', where="period_type = 'year'") }}
union all
{{ measure('services_fund_goals_met_share', 'areas', 'sum(goals_met) filter (where goals is not null)',
           'sum(goals) filter (where goals_met is not null)', 100, inputs='count(goals_met + goals)', expected='count(*)',
           where="period_type = 'year'") }}
