-- Month, quarter, year and year-to-date indicators of services for cities and the province. A mart a subject: what an
-- indicator is computed from is read from its mart.
{% set marts = [
    ref('services_carbon_account'),
    ref('services_travel_account'),
    ref('services_security_event'),
    ref('services_authorised_use'),
    ref('services_plan_case'),
    ref('services_air_forecast'),
    ref('services_odour'),
    ref('services_eia'),
    ref('services_industry_firm'),
    ref('services_health_zone'),
    ref('services_health_risk'),
    ref('services_digital_asset'),
    ref('services_zoning'),
    ref('services_spatial_check'),
    ref('services_damage_case'),
    ref('services_carbon_pilot'),
    ref('services_straw_dust'),
    ref('services_satellite'),
    ref('services_plan_fund'),
    ref('services_plan_project'),
] -%}
{% set measures -%}
({% for mart in marts %}select * from {{ mart }}{{ ' union all ' if not loop.last }}{% endfor %})
{%- endset -%}
{{ measured_rows(measures, 'services') }}
