-- Effort, luck and their sum for each city and pollutant, and for all pollutants together, by year to date:
-- the year's months up to the last complete one, twelve when it is over.
with scores as (

    select
        scores.*,
        {{ iso_month('scores.period_end') }} as month,
        make_date(scores.year, 1, 1) as year_start
    from {{ ref('effort_score') }} as scores
    where scores.theme = 'air'

),

items as (

    select
        scores.*,
        inputs.inputs_hash,
        inputs.is_verified,
        scores.grade || ': ' || coalesce(scores.reason, '') as null_reason
    from scores
    inner join {{ ref('cumulative_inputs') }} as inputs
        on inputs.theme = 'effort' and inputs.month = scores.month

)

{% for code in ['total', 'effort', 'luck'] -%}
{{ indicator_rows(
    "('air_' || item || '_" ~ code ~ "')", 'items', 'region_code', 'place_level', "'ytd'", 'year_start',
    half_even_signed(code ~ '_pct', 1), 'coverage', 'n_values', 'inputs_hash', 'month', edition='effort_edition',
    text='grade', null_reason='null_reason', verified='is_verified', exact=code ~ '_pct',
    lower='null' if code == 'total' else half_even_signed(code ~ '_lower_pct', 1),
    upper='null' if code == 'total' else half_even_signed(code ~ '_upper_pct', 1), confidence='confidence'
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
