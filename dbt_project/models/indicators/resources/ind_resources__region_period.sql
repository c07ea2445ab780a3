-- Intensities and shares of a year, and what was built green in a month, quarter, year or year to date.
{% set ratios = [
    ('resources_energy_intensity', 'energy_10k_tce', 'gdp_constant_100m_yuan', 4),
    ('resources_co2_intensity', 'co2_mt * 100', 'gdp_constant_100m_yuan', 4),
    ('resources_energy_per_head', 'energy_10k_tce', 'population_10k_persons', 2),
    ('resources_co2_per_head', 'co2_mt * 100', 'population_10k_persons', 2),
    ('resources_electricity_per_head', 'electricity_100m_kwh * 10000', 'population_10k_persons', 0),
    ('resources_gdp_per_head', 'gdp_current_100m_yuan * 10000', 'population_10k_persons', 0),
    ('resources_water_per_gdp', 'use_100m_m3 * 10000', 'gdp_current_100m_yuan', 1),
    ('resources_water_per_head', 'use_100m_m3 * 10000', 'population_10k_persons', 0),
] -%}
{% set totals = [('energy', 'energy_10k_tce', 1), ('co2', 'co2_mt', 2), ('water_use', 'use_100m_m3', 2)] -%}
{% set shares = [
    ('forest_cover', 'forest_ha * 100', 'forest_base_ha', 'forest_counties', 2),
    ('built_share', 'built_ha * 100', 'area_ha', 'land_counties', 2),
    ('redline_share', 'redline_km2 * 10000', 'area_ha', 'redline_counties', 2),
] -%}
with inputs as (

    {{ periods_of('resources') }}

),

yearly as (

    select years.*, inputs.period_type, inputs.period_start, inputs.inputs_hash, inputs.month, inputs.is_verified
    from {{ ref('resources_region_year') }} as years
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = make_date(years.period_year, 1, 1)

),

land as (

    select land.*, inputs.period_type, inputs.period_start, inputs.inputs_hash, inputs.month, inputs.is_verified
    from {{ ref('resources_land_year') }} as land
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = make_date(land.period_year, 1, 1)

),

green as ({{ with_inputs(ref('resources_green_period')) }})

{% for code, above, below, digits in ratios -%}
{% set upper = above.split(' ')[0] -%}
{{ indicator_rows(
    code, 'yearly', 'region_code', 'region_level', 'period_type', 'period_start', half_even(mean_of(above, below), digits),
    '((' ~ upper ~ ' is not null)::integer + (' ~ below ~ ' is not null)::integer) / 2',
    '(' ~ upper ~ ' is not null)::integer + (' ~ below ~ ' is not null)::integer', 'inputs_hash', 'month',
    null_reason="'input_missing: ' || concat_ws(',', case when " ~ upper ~ " is null then '" ~ upper ~ "' end, case when "
        ~ 'coalesce(' ~ below ~ ", 0) = 0 then '" ~ below ~ "' end)",
    verified='is_verified', exact=mean_of(above, below), where=upper ~ ' is not null or ' ~ below ~ ' is not null'
) }}
union all
{% endfor -%}
{% for code, column, digits in totals -%}
{{ indicator_rows(
    'resources_' ~ code, 'yearly', 'region_code', 'region_level', 'period_type', 'period_start', half_even(column, digits), '1', '1',
    'inputs_hash', 'month', verified='is_verified', exact=column, where=column ~ ' is not null'
) }}
union all
{% endfor -%}
{# more than the whole is no share: the sources measure different things -#}
{% for code, above, below, counties, digits in shares -%}
{% set share = mean_of(above, below) -%}
{% set is_valid = counties ~ ' = members_expected and ' ~ above ~ ' <= ' ~ below ~ ' * 100' -%}
{{ indicator_rows(
    'resources_' ~ code, 'land', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when ' ~ is_valid ~ ' then ' ~ half_even(share, digits) ~ ' end', counties ~ ' / members_expected', counties,
    'inputs_hash', 'month', null_reason="case when " ~ counties ~ " < members_expected then 'counties_missing: ' || " ~ counties
        ~ " || ' of ' || members_expected else 'larger_than_the_area' end",
    verified='is_verified', exact='case when ' ~ is_valid ~ ' then ' ~ share ~ ' end'
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'resources_pv_coverage', 'green', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even(mean_of('buildings_with_pv * 100', 'buildings'), 1), 'least(roof_reports / nullif(roof_reports_expected, 0), 1)',
    'roof_reports', 'inputs_hash', 'month', null_reason="'no_building_completed'", verified='is_verified',
    exact=mean_of('buildings_with_pv * 100', 'buildings'), where='roof_reports > 0'
) }}
union all
{{ indicator_rows(
    'resources_data_centre_pue', 'green', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even(mean_of('electricity_kwh', 'it_electricity_kwh'), 2), 'centre_reports / centre_rows', 'centre_reports', 'inputs_hash',
    'month', null_reason="'no_reading_of_the_machines'", verified='is_verified', exact=mean_of('electricity_kwh', 'it_electricity_kwh'),
    where='centre_rows > 0'
) }}
union all
{{ indicator_rows(
    'resources_data_centre_green_power', 'green', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even(mean_of('green_electricity_kwh * 100', 'electricity_kwh'), 1), 'centre_reports / centre_rows', 'centre_reports',
    'inputs_hash', 'month', null_reason="'no_reading'", verified='is_verified',
    exact=mean_of('green_electricity_kwh * 100', 'electricity_kwh'), where='centre_rows > 0'
) }}
{% for code in ['factories', 'parks'] %}
union all
{{ indicator_rows(
    'resources_green_' ~ code, 'green', 'region_code', 'region_level', 'period_type', 'period_start', code, '1', code, 'inputs_hash',
    'month', verified='is_verified', where=code ~ ' > 0'
) }}
{% endfor %}
