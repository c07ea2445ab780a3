-- What people do with the sea: bathing beaches, plastic taken out of it, and buoys that watch it.
with inputs as (

    {{ periods_of('sea') }}

),

bathing as (

    select
        places.region_code,
        places.region_level,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        count(*) as samples,
        count(samples.rating) as rated,
        {{ mean_of('count(*) filter (where samples.is_suitable) * 100', 'count(samples.rating)') }} as suitable_pct
    from {{ ref('sea_bathing_sample') }} as samples
    cross join lateral (
        values (samples.station_code, 'site'), (samples.city_code, 'city'), (samples.province_code, 'province')
    ) as places (region_code, region_level)
    inner join inputs
        on samples.sampled_on between inputs.period_start and inputs.period_end
    where places.region_code is not null
    group by all

),

plastic_known as (

    select min(collected_on) as first_date, max(collected_on) as last_date from {{ ref('sea_plastic_batch') }}

),

plastic as (

    -- the mass of a period is known when the batches reach over all its months
    select
        places.region_code,
        places.region_level,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        inputs.months_expected,
        date_diff(
            'month', greatest(inputs.period_start, plastic_known.first_date), least(inputs.period_end, plastic_known.last_date)
        ) + 1 as months_known,
        count(*) as batches,
        count(batches.mass_kg) as weighed,
        {{ mean_of('sum(batches.mass_kg)', '1000') }} as mass_t,
        {{ mean_of(
            'coalesce(sum(batches.mass_kg) filter (where batches.is_certified), 0) * 100', 'sum(batches.mass_kg)'
        ) }} as certified_pct
    from {{ ref('sea_plastic_batch') }} as batches
    cross join lateral (
        values (batches.city_code, 'city'), (batches.province_code, 'province')
    ) as places (region_code, region_level)
    inner join inputs
        on batches.collected_on between inputs.period_start and inputs.period_end
    cross join plastic_known
    where places.region_code is not null and batches.counts
    group by all

),

buoy_network as (

    select count(distinct item) as items, max(local_date) as last_date from {{ ref('sea_buoy_day') }}

),

buoy_hours as (

    -- hours are expected from a buoy's first day in the data to the last day of any
    select
        places.region_code,
        places.city_code,
        places.province_code,
        inputs.period_type,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified,
        (least(inputs.period_end, buoy_network.last_date) - greatest(inputs.period_start, known.first_date) + 1)
        * 24 * buoy_network.items as hours_expected,
        coalesce(sum(days.valid_hours), 0) as hours_valid
    from {{ ref('sea_place') }} as places
    inner join (
        select station_code, min(local_date) as first_date from {{ ref('sea_buoy_day') }} group by station_code
    ) as known
        on known.station_code = places.region_code
    inner join inputs
        on inputs.period_end >= known.first_date
    cross join buoy_network
    left join {{ ref('sea_buoy_day') }} as days
        on days.station_code = places.region_code
        and days.local_date between inputs.period_start and inputs.period_end
    where places.kind = 'buoy' and inputs.period_start <= buoy_network.last_date
    group by all

),

buoys as (

    select
        places.region_code,
        places.region_level,
        hours.period_type,
        hours.period_start,
        hours.inputs_hash,
        hours.month,
        hours.is_verified,
        count(*) as buoys,
        {{ mean_of('sum(hours.hours_valid) * 100', 'sum(hours.hours_expected)') }} as valid_pct
    from buoy_hours as hours
    cross join lateral (
        values (hours.region_code, 'site'), (hours.city_code, 'city'), (hours.province_code, 'province')
    ) as places (region_code, region_level)
    where places.region_code is not null
    group by all

)

{{ indicator_rows(
    'sea_bathing_suitable_share', 'bathing', 'region_code', 'region_level', 'period_type', 'period_start',
    half_even('suitable_pct', 1), 'rated / samples', 'rated', 'inputs_hash', 'month', null_reason="'no_rating'",
    verified='is_verified', exact='suitable_pct'
) }}
union all
{% for code, column, digits in [('sea_plastic_collected', 'mass_t', 2), ('sea_plastic_certified_share', 'certified_pct', 1)] -%}
{{ indicator_rows(
    code, 'plastic', 'region_code', 'region_level', 'period_type', 'period_start',
    'case when months_known = months_expected then ' ~ half_even(column, digits) ~ ' end',
    'weighed / batches * months_known / months_expected', 'weighed', 'inputs_hash', 'month',
    null_reason="case when weighed = 0 then 'no_credible_mass' else 'too_few_months: ' || months_known || ' of '
        || months_expected end", verified='is_verified', exact=column
) }}
union all
{% endfor %}
{{ indicator_rows(
    'sea_buoy_valid_share', 'buoys', 'region_code', 'region_level', 'period_type', 'period_start', half_even('valid_pct', 1),
    '1', 'buoys', 'inputs_hash', 'month', verified='is_verified', exact='valid_pct'
) }}
