-- Six targets of the plan as judged in March 2026, four systems, and a library of a few facts, on top of small_world.sql.
create table plan_clauses as from (values
    ('三', 3, '构建监测网络', '省生态环境厅'), ('十', 10, '改造传统行业', '省经信厅')
) as t(clause, clause_no, title_zh, lead_unit);
create table plan_rules as from (values
    ('path_start', date '2024-01-01', 'doubtful')
) as t(rule, value, certainty);
create table plan_targets as from (values
    ('PLN-01-01', '总体架构成形', 'Architecture in place', null, null, 'yes/no', 2025, '=', 1),
    ('PLN-03-04', '开展温室气体监测的设区市数', 'Cities', '三', '省生态环境厅、省气象局', 'cities', 2025, '>=', 11),
    ('PLN-03-05', '电磁辐射网建成', 'Fields', '三', '省生态环境厅、省气象局', 'yes/no', 2027, '=', 1),
    ('PLN-10-01', '绿色低碳工业园区数', 'Parks', '十', '省经信厅', 'parks', 2027, '>=', 50),
    ('PLN-10-02', '绿色低碳工厂数', 'Factories', '十', '省经信厅', 'factories', 2024, '>=', 500),
    ('PLN-10-03', '屋顶光伏覆盖率', 'Roofs', '十', '省经信厅', '%', null, '>=', 100)
) as t(code, target_zh, target_en, clause, responsible_units, unit, year, comparison, value);
alter table plan_targets add column certainty varchar default 'verified';
alter table plan_targets add column source varchar default 'plan draft for comment, clause 三';

create table plan_progress as
select
    code, '2026-03' as month, date '2026-03-31' as judged_on, kind, targets.unit, t.value::decimal(18, 9) as value,
    targets.value::decimal(12, 4) as target, (targets.value - t.value)::decimal(18, 9) as gap,
    (t.value * 100 / targets.value)::decimal(18, 9) as share_pct, targets.year, make_date(targets.year, 12, 31) as due_on,
    targets.year <= 2025 as is_due, verdict, path::decimal(18, 9) as path_value, 0::decimal(18, 9) as value_at_start,
    reached_by::date as reached_by, is_late, t.source as value_source, numerator::bigint as numerator,
    datasets, '截至当日公布的个数' as rule_zh, 'Number as published' as rule_en
from (values
    ('PLN-01-01', 'milestone', null, 'due_not_reported', null, null, null, null, null, 'resources__periodic_reports'),
    ('PLN-03-04', 'coverage', 1, 'due_missed', 11, null, null, 'register', 1, 'weather__greenhouse_gas_hourly'),
    ('PLN-03-05', 'milestone', null, 'not_due_yet', null, null, null, null, null, 'resources__periodic_reports'),
    ('PLN-10-01', 'count', 11, 'behind', 28.11, null, null, 'register', 11, 'resources__green_parks;unheard__of'),
    ('PLN-10-02', 'count', 510, 'reached', 500, '2025-02-28', true, 'register', 510, 'resources__green_factories'),
    ('PLN-10-03', 'coverage', 74.5, 'no_year_set', null, null, null, 'register', 1490, 'resources__rooftop_pv')
) as t(code, kind, value, verdict, path, reached_by, is_late, source, numerator, datasets)
join plan_targets as targets using (code);

create table plan_coverage as from (values
    ('绿色工厂', '十', true, null, 'resources__green_factories,resources__green_parks', 'pln_10_01_progress,air_pm25_mean'),
    ('环境舆情', '三', true, null, null, null),
    ('电磁网', '三', true, null, 'ecology__radiation_em_field', null),
    ('游园通', '三', false, '外部应用，不报送数据', null, null)
) as t(name_zh, clause, needs_data, no_feed_reason_zh, dataset_list, indicator_list);
create table catalog_datasets as from (values
    ('resources__green_parks', '绿色园区名单'), ('resources__green_factories', '绿色工厂名单'),
    ('ecology__radiation_em_field', '电磁辐射监测')
) as t(dataset, title_zh);
insert into batches by name
select * replace ('resources__green_parks' as dataset, 'parks-1' as batch) from batches limit 1;

insert into dim_period by name from (values
    ('plan', 'month', date '2026-03-01', date '2026-03-31')
) as t(theme, period_type, period_start, period_end);
insert into indicator_values by name
select
    code as indicator_code, 'in-force' as edition, '330000' as region_code, 'province' as region_level,
    'month' as period_type, timestamp '2026-03-01' as period_start, value::decimal(18, 4) as value,
    '%' as unit, 1::decimal(7, 4) as coverage, 'provisional' as status, 1::bigint as n_inputs,
    'hash-2026-03' as inputs_hash
from (values ('pln_10_01_progress', 22.0)) as t(code, value);

create table kb_entity as from (values
    ('city:330100', 'city', '330100', '杭州市', null, null, null, 'verified', 'NBS division codes to 2022-10-31'),
    ('county:330103', 'county', '330103', '下城区', null, null, '2021-04-08', 'memory-high', 'domain note 8'),
    ('county:330105', 'county', '330105', '拱墅区', null, null, '2021-04-08', 'memory-high', 'domain note 8'),
    ('county:330105@2021-04-09', 'county', '330105', '拱墅区', null, '2021-04-09', null, 'memory-high', 'domain note 8'),
    ('section:S1', 'section', 'S1', '闸口', null, null, null, 'register', 'water__section_register'),
    ('section:S2', 'section', 'S2', '袁浦', null, null, null, 'register', 'water__section_register'),
    ('section:S0', 'section', 'S0', '富阳', null, null, null, 'register', 'water__section_register'),
    ('water:富春江', 'water', '富春江', '富春江', null, null, null, 'memory-high', 'public geography of Zhejiang'),
    ('water:钱塘江', 'water', '钱塘江', '钱塘江', null, null, null, 'memory-high', 'public geography of Zhejiang'),
    ('standard:HJ-633-2026', 'standard', 'HJ-633-2026', '空气质量指数技术规定', null, '2026-03-01', null, 'verified',
        'the standard''s own text'),
    ('indicator:air_aqi', 'indicator', 'air_aqi', '空气质量指数', null, null, null, 'verified', 'HJ 633'),
    ('target:PLN-03-04', 'target', 'PLN-03-04', '开展温室气体监测的设区市数', 'Cities', null, null, 'verified',
        'plan draft for comment, clause 三')
) as t(entity_id, kind, code, name_zh, name_en, valid_from, valid_to, certainty, source);
alter table kb_entity alter valid_from type date;
alter table kb_entity alter valid_to type date;
create table kb_relation as from (values
    ('county:330103', 'in', 'city:330100', null), ('county:330105@2021-04-09', 'in', 'city:330100', null),
    ('county:330103', 'succeeded_by', 'county:330105@2021-04-09', 1),
    ('county:330105', 'succeeded_by', 'county:330105@2021-04-09', null),
    ('section:S1', 'monitors', 'water:钱塘江', null), ('section:S2', 'monitors', 'water:钱塘江', null),
    ('section:S0', 'monitors', 'water:富春江', null), ('water:富春江', 'upstream_of', 'water:钱塘江', null),
    ('indicator:air_aqi', 'computed_under', 'standard:HJ-633-2026', null)
) as t(subject_id, relation, object_id, share);
create table kb_upstream as from (values
    ('section:S1', 'water:富春江', 1), ('section:S1', 'section:S0', 1)
) as t(entity_id, upstream_id, steps);
create table kb_region_change as
select 'HZ/330105' as group_code, side, code as region_code, id as entity_id, '拱墅区' as name_zh,
    date '2021-04-09' as effective_from, 'day' as date_precision, true as shares_known,
    '330105 = 330103+330105' as rule, '拱墅区与此前下城区、拱墅区之和可比' as rule_zh
from (values
    ('before', '330103', 'county:330103'), ('before', '330105', 'county:330105'),
    ('after', '330105', 'county:330105@2021-04-09')
) as t(side, code, id);
update kb_region_change set name_zh = '下城区' where region_code = '330103';
create table kb_term as from (values
    ('不变价', 'constant prices', '用固定年份价格计值', 'memory-medium', 'domain note 4.2')
) as t(term_zh, term_en, definition_zh, certainty, source);
create table kb_document as
select *, 10::bigint as n_tokens from (values
    ('term:不变价', '不变价', 'term', '用固定年份价格计值（constant prices）', 'domain note 4.2'),
    ('standard:HJ-633-2026', 'HJ 633-2026 空气质量指数技术规定', 'standard', '日报六项', 'the standard''s own text'),
    ('region_change:HZ/330105', '区划调整 HZ/330105', 'region_change', '拱墅区与此前下城区之和可比', 'region_changes')
) as t(doc_id, title, kind, text, citation);
create table kb_posting as
select doc_id, token, count(*) as occurrences
from (
    select doc_id, unnest(flatten([
        case when regexp_matches(run, '^[a-z0-9]') then [run] else [run[i:i + 1] for i in range(1, length(run))] end
        for run in regexp_extract_all(lower(title || ' ' || text), '[\p{Han}]+|[a-z0-9]+')
    ])) as token
    from kb_document
)
group by all;
