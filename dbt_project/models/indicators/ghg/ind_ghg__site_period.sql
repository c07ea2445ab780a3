-- Greenhouse gases by site and period, their growth by year, and in how many cities of the province they are monitored.
{% set gases = {'co2': ('co2_ppm', 2), 'ch4': ('ch4_ppb', 1)} -%}
with inputs as (

    {{ periods_of('ghg') }}

),

means as ({{ with_inputs(ref('ghg_site_period')) }}),

growth as (

    select
        growth.*,
        inputs.period_type,
        inputs.period_start,
        case when before.inputs_hash is null then inputs.inputs_hash
            else sha256(inputs.inputs_hash || '+' || before.inputs_hash) end as inputs_hash,
        inputs.month,
        inputs.is_verified
    from {{ ref('ghg_site_growth') }} as growth
    inner join inputs
        on inputs.period_type = 'year' and inputs.period_start = make_date(growth.period_year, 1, 1)
    left join inputs as before
        on before.period_type = 'year' and before.period_start = make_date(growth.period_year - 1, 1, 1)

),

members as (

    {{ members_of_regions() }}

),

cities as (

    select
        provinces.region_code,
        provinces.region_level,
        means.period_type,
        means.period_start,
        means.inputs_hash,
        means.month,
        means.is_verified,
        count(distinct cities.region_code) filter (where means.is_valid) as monitored,
        string_agg(distinct case when means.is_valid then names.name_zh end, ','
            order by case when means.is_valid then names.name_zh end) as names_zh,
        (select count(*) from {{ ref('regions') }} where parent_code = provinces.region_code) as cities
    from means
    inner join {{ ref('ghg_place') }} as places
        on places.region_code = means.region_code
    inner join members as cities
        on cities.member_code = places.parent_code and cities.region_level = 'city'
    inner join members as provinces
        on provinces.member_code = cities.region_code and provinces.region_level = 'province'
    inner join {{ ref('regions') }} as names
        on names.region_code = cities.region_code
    group by provinces.region_code, provinces.region_level, means.period_type, means.period_start, means.inputs_hash, means.month,
        means.is_verified

)

{% for gas, (item, digits) in gases.items() -%}
{{ indicator_rows(
    'ghg_' ~ gas ~ '_mean', 'means', 'region_code', "'site'", 'period_type', 'period_start',
    'case when is_valid then ' ~ half_even('mean', digits) ~ ' end', 'hours_valid / hours_expected', 'hours_valid', 'inputs_hash',
    'month', null_reason="'too_few_hours: ' || hours_valid || ' of ' || hours_expected", verified='is_verified', exact='mean',
    where="gas = '" ~ item ~ "'"
) }}
union all
{{ indicator_rows(
    'ghg_' ~ gas ~ '_background', 'means', 'region_code', "'site'", 'period_type', 'period_start',
    'case when is_background_valid then ' ~ half_even('background_mean', digits) ~ ' end', 'hours_valid / hours_expected',
    'background_hours', 'inputs_hash', 'month', null_reason="'too_few_background_hours: ' || background_months || ' months complete'",
    verified='is_verified', exact='background_mean', where="gas = '" ~ item ~ "'"
) }}
union all
{{ indicator_rows(
    'ghg_' ~ gas ~ '_growth', 'growth', 'region_code', "'site'", 'period_type', 'period_start',
    'case when months_compared = 12 then ' ~ half_even_signed('growth', digits) ~ ' end', 'months_compared / 12', 'months_compared',
    'inputs_hash', 'month', text="case when months_compared = 12 then '± ' || round(standard_error, 2)::varchar end",
    null_reason="'months_missing: ' || months_compared || ' of 12'", verified='is_verified', exact='growth',
    where="gas = '" ~ item ~ "'"
) }}
union all
{% endfor -%}
{{ indicator_rows(
    'ghg_cities_monitored', 'cities', 'region_code', 'region_level', 'period_type', 'period_start', 'monitored', '1', 'cities',
    'inputs_hash', 'month', text='names_zh', verified='is_verified'
) }}
