-- One row per edition, evaluated series and month: what was observed, and what it would have been in the pool's weather (or
-- at the record's flows), with its interval.
-- depends_on: {{ ref('effort_air_day') }}
-- depends_on: {{ ref('effort_water_sample') }}
-- depends_on: {{ ref('effort_water_flow') }}
select
    effort_edition,
    series_key,
    month as month_start,
    observed,
    normalised,
    normalised_lower,
    normalised_upper,
    n_values
from {{ source('evaluation', 'months') }}
