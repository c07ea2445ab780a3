-- Progress of the plan by month, for the province: how many targets stand where, each target's share, and how much of
-- what the plan names is served and measured. A month's number sums up everything known to its end.
{% set targets = ['PLN-01-01', 'PLN-01-02', 'PLN-03-01', 'PLN-03-02', 'PLN-03-03', 'PLN-03-04', 'PLN-03-05', 'PLN-05-01',
                  'PLN-05-02', 'PLN-05-03', 'PLN-05-04', 'PLN-05-05', 'PLN-10-01', 'PLN-10-02', 'PLN-10-03', 'PLN-11-01',
                  'PLN-11-02', 'PLN-14-01'] %}
with inputs as (

    select * from {{ ref('cumulative_inputs') }} where theme = 'plan'

),

progress as (

    select
        progress.*,
        cast(progress.month || '-01' as date) as period_start,
        inputs.inputs_hash,
        inputs.is_verified
    from {{ ref('plan_progress') }} as progress
    inner join inputs
        on inputs.month = progress.month

),

standing as (

    select
        month,
        period_start,
        inputs_hash,
        is_verified,
        count(*) as targets,
        count(*) filter (where value is not null) as targets_known,
        count(*) filter (where verdict = 'reached') as reached,
        count(*) filter (where verdict = 'on_track') as on_track,
        count(*) filter (where verdict = 'behind') as behind,
        count(*) filter (where verdict = 'due_not_reported') as due_not_reported,
        count(*) filter (where verdict = 'due_missed') as due_missed,
        count(*) filter (where verdict = 'no_year_set') as no_year,
        count(*) filter (where verdict = 'not_due_yet') as not_due_yet
    from progress
    group by month, period_start, inputs_hash, is_verified

),

coverage as (

    -- The catalog as it is now: it has no history, so it speaks for the newest month only.
    select
        count(*) as systems,
        count(*) filter (where needs_data) as systems_needing,
        count(*) filter (where needs_data and datasets > 0) as systems_served,
        count(*) filter (where needs_data and indicators > 0) as systems_measured
    from {{ ref('plan_coverage') }}

),

served as (

    select
        coverage.*,
        inputs.month,
        cast(inputs.month || '-01' as date) as period_start,
        inputs.inputs_hash,
        inputs.is_verified
    from coverage
    cross join inputs
    where inputs.month = (select max(month) from inputs)

)

{% for verdict in ['reached', 'on_track', 'behind', 'due_not_reported', 'due_missed', 'no_year', 'not_due_yet'] -%}
{{ indicator_rows(
    'plan_targets_' ~ verdict, 'standing', "'330000'", "'province'", "'month'", 'period_start', verdict,
    '1', 'targets_known', 'inputs_hash', 'month', text="'of ' || targets", verified='is_verified'
) }}
union all
{% endfor -%}
{% for target in targets -%}
{{ indicator_rows(
    target.lower().replace('-', '_') ~ '_progress', 'progress', "'330000'", "'province'", "'month'", 'period_start',
    half_even('share_pct', 1), 'case when value is null then 0 else 1 end', 'coalesce(numerator, 0)', 'inputs_hash', 'month',
    text='verdict', null_reason="'not_reported: no register or report gives a value'", verified='is_verified',
    exact='share_pct', where="code = '" ~ target ~ "'"
) }}
union all
{% endfor -%}
{% for part in ['served', 'measured'] -%}
{% set share = mean_of('systems_' ~ part ~ ' * 100', 'systems_needing') -%}
{{ indicator_rows(
    'plan_systems_' ~ part ~ '_share', 'served', "'330000'", "'province'", "'month'", 'period_start', half_even(share, 1),
    '1', 'systems_needing', 'inputs_hash', 'month', text="systems_" ~ part ~ " || ' of ' || systems_needing",
    null_reason="'no_systems: the list of systems is empty'", verified='is_verified', exact=share
) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
