-- The tables of a small publication, besides the catalog: see conftest.py.
create table dim_region as from (values
    ('330000', 'province', '浙江省', null, null, null),
    ('330100', 'city', '杭州市', '330000', null, null),
    ('330200', 'city', '宁波市', '330000', null, null),
    ('320000', 'province', '江苏省', null, null, null),
    ('320100', 'city', '南京市', '320000', null, null),
    ('9001A', 'station', '一号', '330100', 120.1::decimal(12, 4), 30.2::decimal(12, 4))
) as t(region_code, region_level, name_zh, parent_code, lon_deg, lat_deg);

create table dim_edition as from (values
    ('in-force', 'AIR-2012', date '2016-01-01', date '2026-02-28'),
    ('in-force', 'AIR-2026-transition', date '2026-03-01', date '2030-12-31'),
    ('AIR-2012', 'AIR-2012', date '0001-01-01', date '9999-12-31'),
    ('AIR-2026-transition', 'AIR-2026-transition', date '0001-01-01', date '9999-12-31')
) as t(edition, rulebook, applies_from, applies_to);

create table air_rulebooks as from (values
    ('AIR-2012', '2012版标准', date '2016-01-01', 'GB-3095-2012', 'verified', 'GB 3095-2012'),
    ('AIR-2026-transition', '2026版标准（过渡阶段）', date '2026-03-01', 'GB-3095-2026-transition', 'verified', 'GB 3095-2026')
) as t(edition, zh, valid_from, limits_edition, certainty, source);

create table air_limits as
select limits_edition, pollutant, averaging, grade2::decimal(12, 4) as grade2 from (values
    ('GB-3095-2012', 'pm25', 'annual', 35),
    ('GB-3095-2012', 'pm25', '24h', 75),
    ('GB-3095-2012', 'no2', '24h', 80),
    ('GB-3095-2026-transition', 'pm25', 'annual', 30),
    ('GB-3095-2026-transition', 'pm25', '24h', 60),
    ('GB-3095-2026-transition', 'co', '24h', 4),
    ('GB-3095-2026-transition', 'o3', 'daily_max_8h', 160)
) as t(limits_edition, pollutant, averaging, grade2);

create table air_validity as from (values
    ('HJ-663-2013', 'day_min_hours', 20, 'verified', 'GB 3095-2012 table 4'),
    ('HJ-663-2013', 'city_min_share', 0.75, 'doubtful', 'from memory')
) as t(assessment_edition, rule, value, certainty, source);

create table indicator_values as
select
    code as indicator_code,
    edition,
    region as region_code,
    case when region like '__0000' then 'province' else 'city' end as region_level,
    kind as period_type,
    start::timestamp as period_start,
    value::decimal(18, 4) as value,
    text as value_text,
    'ug/m3' as unit,
    null::decimal(18, 4) as lower,
    null::decimal(18, 4) as upper,
    case when value is null then 0.8065 else 1 end::decimal(7, 4) as coverage,
    'provisional' as status,
    31::bigint as n_inputs,
    'hash-2026-03' as inputs_hash,
    reason as null_reason
from (values
    ('air_pm25_mean', 'in-force', '330100', 'month', '2025-03-01', 30, null, null),
    ('air_pm25_mean', 'in-force', '330100', 'month', '2026-03-01', 27, null, null),
    ('air_pm25_mean_yoy', 'in-force', '330100', 'month', '2026-03-01', -10.0, null, null),
    ('air_pm25_mean', 'in-force', '330200', 'month', '2026-03-01', null, null, 'too_few_days: 25 of 31, 0 of 1 months complete'),
    ('air_pm25_mean', 'in-force', '330000', 'month', '2026-03-01', null, null, 'cities_missing: 1 of 2'),
    ('air_pm25_mean', 'in-force', '320000', 'month', '2026-03-01', 33, null, null),
    ('air_pm25_mean', 'in-force', '320100', 'month', '2026-03-01', 33, null, null),
    ('air_pm25_mean', 'in-force', '330100', 'year', '2026-01-01', null, null, 'too_few_days: 90 of 365, 3 of 12 months complete'),
    ('air_composite_index', 'in-force', '330100', 'month', '2025-03-01', 3.60, null, null),
    ('air_composite_index', 'in-force', '330100', 'month', '2026-03-01', 3.70, null, null),
    ('air_composite_index_yoy', 'in-force', '330100', 'month', '2026-03-01', 2.8, null, null),
    ('air_composite_index', 'AIR-2012', '330100', 'month', '2026-03-01', 3.40, null, null),
    ('air_composite_index_yoy', 'AIR-2012', '330100', 'month', '2026-03-01', -5.6, null, null),
    ('air_composite_index', 'AIR-2026-transition', '330100', 'month', '2025-03-01', 3.90, null, null),
    ('air_composite_index', 'AIR-2026-transition', '330100', 'month', '2026-03-01', 3.70, null, null),
    ('air_composite_index_yoy', 'AIR-2026-transition', '330100', 'month', '2026-03-01', -5.1, null, null),
    ('air_aqi', 'in-force', '330100', 'day', '2026-03-29', null, null, 'missing_pollutants'),
    ('air_aqi_level', 'in-force', '330100', 'day', '2026-03-29', null, null, 'missing_pollutants'),
    ('air_aqi', 'in-force', '330100', 'day', '2026-03-30', 40, '优', null),
    ('air_aqi_level', 'in-force', '330100', 'day', '2026-03-30', 1, '优', null),
    ('air_primary_pollutant', 'in-force', '330100', 'day', '2026-03-30', 0, null, null),
    ('air_aqi', 'in-force', '330100', 'day', '2026-03-31', 120, '轻度污染', null),
    ('air_aqi_level', 'in-force', '330100', 'day', '2026-03-31', 3, '轻度污染', null),
    ('air_primary_pollutant', 'in-force', '330100', 'day', '2026-03-31', 2, 'O3,PM2.5', null)
) as t(code, edition, region, kind, start, value, text, reason);

create table air_city_hour as
select '330100' as region_code, timestamptz '2026-03-31 15:00:00+00' as interval_end_at;

create table air_city_day as
select '330100' as region_code, unnest([date '2025-03-01', date '2026-03-31']) as local_date;

create table dim_period as from (values
    ('air', 'month', date '2025-03-01', date '2025-03-31'),
    ('air', 'month', date '2026-03-01', date '2026-03-31'),
    ('air', 'year', date '2026-01-01', date '2026-12-31')
) as t(theme, period_type, period_start, period_end);

-- Parts 0.2 + 0.5 + 0.7 + 0.9 + 0.25 + 0.8 = 3.35; the 95th percentile of PM2.5 is assessed too, but is no part.
create table air_city_period_limit as
select
    '330100' as region_code,
    edition,
    'month' as period_type,
    date '2026-03-01' as period_start,
    pollutant,
    statistic,
    percentile::decimal(4, 3) as percentile,
    true as is_valid,
    value::decimal(18, 9) as value,
    limit_grade2::decimal(12, 4) as limit_grade2
from (values ('AIR-2012'), ('AIR-2026-transition')) as e(edition)
cross join (values
    ('so2', 'mean', null, 12, 60),
    ('no2', 'mean', null, 20, 40),
    ('pm10', 'mean', null, 42, 60),
    ('pm25', 'mean', null, 27, 30),
    ('pm25', 'percentile', 0.95, 60, 60),
    ('co', 'percentile', 0.95, 1, 4),
    ('o3', 'percentile', 0.90, 128, 160)
) as p(pollutant, statistic, percentile, value, limit_grade2);

create table air_city_period_index as from (values
    ('330100', 'AIR-2026-transition', 'month', date '2026-03-01', 3.35::decimal(38, 9)),
    ('330100', 'AIR-2012', 'month', date '2026-03-01', 9.99::decimal(38, 9))
) as t(region_code, edition, period_type, period_start, composite_index);

create table batches as from (values
    ('air__hourly', 'b1', 'aa11', 'sim_1.csv', timestamptz '2026-04-01 00:00:00+00', 100, 90, 4, 6),
    ('air__hourly', 'b2', 'bb22', 'sim_2.csv', timestamptz '2026-04-01 01:00:00+00', 50, 50, 0, 0),
    ('air__register', 'b3', 'cc33', 'sim_3.csv', timestamptz '2026-04-01 01:00:00+00', 7, 5, 1, 0)
) as t(dataset, batch, object_sha256, object_name, received_at, rows_in, accepted, quarantined, duplicates);

create table lineage_inputs as from (values
    ('hash-2026-03', 'air', '2026-02'),
    ('hash-2026-03', 'air', '2026-03')
) as t(inputs_hash, theme, month);

create table lineage_batches as from (values
    ('air', '2026-02', 'air__hourly', 'b1'),
    ('air', '2026-03', 'air__hourly', 'b1'),
    ('air', '2026-03', 'air__hourly', 'b2'),
    ('air', '2026-04', 'air__register', 'b3')
) as t(theme, month, dataset, batch);
