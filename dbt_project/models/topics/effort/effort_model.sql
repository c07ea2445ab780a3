-- One row per edition, evaluated series and statement of its model card: settings, skill, importance, curves, warnings.
-- depends_on: {{ ref('effort_air_day') }}
-- depends_on: {{ ref('effort_water_sample') }}
-- depends_on: {{ ref('effort_water_flow') }}
select
    effort_edition,
    series_key,
    kind,
    name,
    nth,
    x,
    value,
    text
from {{ source('evaluation', 'models') }}
