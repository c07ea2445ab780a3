-- An invented theme on top of small_world.sql: reed cover of sections, cities and the province, one topic, one target.
insert into catalog_indicators by name
select * replace (
    'reed_cover' as code, '芦苇覆盖率' as name_zh, 'Reed cover' as name_en,
    '断面上下游一公里内芦苇面积占岸带面积的比例' as definition_zh, '%' as unit, '%' as unit_zh, 1 as decimals,
    'higher' as better, 'reed' as theme, '芦苇面积 ÷ 岸带面积 × 100' as formula, '虚构规范 3.2' as standard,
    'doubtful' as certainty, '水生态处' as owner_zh, 'month,year' as periods, 'section,city,province' as levels,
    'absolute' as change, 'REED-01' as target, '冬季不测' as caveats_zh
)
from catalog_indicators where code = 'air_pm25_mean';
insert into catalog_indicators by name
select * replace (
    'reed_cover_yoy' as code, '芦苇覆盖率同比' as name_zh, '百分点' as unit_zh, 'percentage point' as unit, 1 as decimals,
    'reed' as theme, 'none' as change, '' as target
)
from catalog_indicators where code = 'reed_cover';
insert into catalog_indicators by name
select * replace (
    'reed_class' as code, '芦苇等级' as name_zh, '1' as unit, '无量纲' as unit_zh, 0 as decimals, 'none' as better,
    'reed' as theme, 'none' as change, '' as target, '' as caveats_zh
)
from catalog_indicators where code = 'reed_cover';
insert into catalog_indicators by name
select * replace ('duck_count' as code, '野鸭数' as name_zh, '只' as unit_zh, 0 as decimals, 'assets' as theme)
from catalog_indicators where code = 'reed_class';

insert into dim_region by name from (values
    ('S1', 'section', '闸口', '330100'), ('S2', 'section', '袁浦', '330100'), ('S3', 'section', '闸口', '330200')
) as t(region_code, region_level, name_zh, parent_code);

insert into dim_period by name from (values
    ('reed', 'month', date '2026-02-01', date '2026-02-28'), ('reed', 'month', date '2026-03-01', date '2026-03-31')
) as t(theme, period_type, period_start, period_end);

create table plan_targets as from (values
    ('REED-01', '芦苇覆盖率不低于45%', 45, '%', 2027, '>=')
) as t(code, target_zh, value, unit, year, comparison);

insert into indicator_values by name
select
    code as indicator_code, 'in-force' as edition, region as region_code, level as region_level, 'month' as period_type,
    start::timestamp as period_start, value::decimal(18, 4) as value, text as value_text, '%' as unit,
    lower::decimal(18, 4) as lower, upper::decimal(18, 4) as upper, coverage::decimal(7, 4) as coverage,
    'verified' as status, 4::bigint as n_inputs, 'hash-2026-03' as inputs_hash, reason as null_reason
from (values
    ('reed_cover', '330000', 'province', '2026-02-01', 38.0, null, null, null, 1, null),
    ('reed_cover', '330000', 'province', '2026-03-01', 41.5, null, 39.9, 43.1, 1, null),
    ('reed_cover_yoy', '330000', 'province', '2026-03-01', 2.5, null, null, null, 1, null),
    ('reed_class', '330000', 'province', '2026-03-01', 2, 'Ⅱ级', null, null, 1, null),
    ('reed_cover', '330100', 'city', '2026-03-01', null, null, null, null, 0.5, 'too_few_points'),
    ('reed_cover', '330200', 'city', '2026-03-01', 44.0, null, null, null, 1, null),
    ('reed_cover', 'S1', 'section', '2026-03-01', 50.0, null, null, null, 1, null),
    ('reed_cover', 'S2', 'section', '2026-03-01', 30.0, null, null, null, 1, null),
    ('reed_cover', 'S3', 'section', '2026-03-01', null, null, null, null, 0.2, 'unheard_of: 1 of 2'),
    ('duck_count', '330000', 'province', '2026-03-01', 7, null, null, null, 1, null)
) as t(code, region, level, start, value, text, lower, upper, coverage, reason);
