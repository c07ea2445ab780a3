{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_nights() }}") }}

-- Daily Ld, Ln and Ldn of points.
with known as (

    {{ months_of('noise') }}

),

days as (

    select days.*, known.inputs_hash, known.is_verified
    from {{ ref('noise_point_day') }} as days
    inner join known on known.month = days.month
    -- a point that the register does not know has no zone and is nobody's
    where days.zone_class is not null and {{ shifted_month_scope([-1, 0], 'days.month') }}

)

{% for code, column, valid, hours in [
    ('noise_ld', 'ld_dba', 'day_hours_valid', '16'),
    ('noise_ln', 'ln_dba', 'night_hours_valid', '8'),
    ('noise_ldn', 'ldn_dba', '(day_hours_valid + night_hours_valid)', '24'),
] -%}
{{ indicator_rows(
    code, 'days', 'station_code', "'point'", "'day'", 'noise_date', half_even(column, 1), valid ~ ' / ' ~ hours ~ '.0', valid,
    'inputs_hash', 'month', null_reason="'too_few_hours: ' || " ~ valid ~ " || ' of " ~ hours ~ "'", verified='is_verified',
    exact=column
) }}
{{ 'union all' if not loop.last }}
{% endfor %}
