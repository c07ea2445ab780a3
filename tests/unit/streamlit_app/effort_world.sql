-- 努力评价 on top of small_world.sql: four cities and two pollutants of 2026 against 2025, one section that cannot be
-- assessed. PM2.5 of 杭州市 rose by 3.5 %: effort −4.9 %, weather +8.8 %. Logarithms are given, percent follow from them.
insert into dim_region by name from (values
    ('330300', 'city', '温州市', '330000'), ('330900', 'city', '舟山市', '330000'), ('S|1|闸口', 'section', '闸口', '330100')
) as t(region_code, region_level, name_zh, parent_code);
insert into dim_period by name from (values ('effort', 'ytd', date '2026-01-01', date '2026-10-31'))
    as t(theme, period_type, period_start, period_end);

create table effort_editions as
select
    code as effort_edition, theme, zh, en, date '2024-11-01' as fit_from, date '2025-01-01' as baseline_start,
    date '2025-12-31' as baseline_end, date '2025-01-01' as pool_start, date '2025-12-31' as pool_end, method,
    control as control_place, 50 as replicates, 0.9::decimal(5, 4) as confidence, 7 as seed,
    starts::date as valid_from, date '2030-12-31' as valid_to, approver, '最后一个完整年份' as reason,
    'doubtful' as certainty, 'ours' as source
from (values
    ('EFF-AIR', 'air', '大气试评', 'Air', 'backfit', '330900', '2026-01-01', '参考配置（未经批准）'),
    ('EFF-WATER', 'water', '水试评', 'Water', 'wrtds', null, '2026-01-01', '生态环境监测处'),
    ('EFF-WATER-0', 'water', '水旧版', 'Water, old', 'wrtds', null, '2025-01-01', '生态环境监测处')
) as t(code, theme, zh, en, method, control, starts, approver);
create table effort_items as
select edition as effort_edition, item, unit, weight::decimal(9, 4) as weight, null::varchar as caveat
from (values
    ('EFF-AIR', 'no2', 'ug/m3', 1), ('EFF-AIR', 'pm25', 'ug/m3', 2), ('EFF-WATER', 'tp', 'mg/L', 1)
) as t(edition, item, unit, weight);

create table effort_score as
with given as (
    from (values
        -- item, city, total, effort, lower, upper, grade, reason, detail, skill, legal
        ('pm25', '330100', 0.034401, -0.050241, -0.117658, 0.018822, 'no_evidence', null, null, 0.51, false),
        ('pm25', '330200', -0.160000, -0.110000, -0.180000, -0.040000, 'improved', null, null, 0.48, true),
        ('pm25', '330300', 0.200000, 0.150000, 0.090000, 0.210000, 'worsened', null, null, 0.44, false),
        ('pm25', '330900', null, null, null, null, 'not_assessable', 'skill_too_low',
            'the weather explains 0.12 of the variance within months that the model has not seen; 0.2 is needed', 0.12, true),
        ('no2', '330100', -0.020000, -0.010000, -0.060000, 0.040000, 'no_evidence', null, null, 0.60, true),
        ('all', '330100', 0.016267, -0.036827, -0.090000, 0.016346, 'no_evidence', null, null, null, false),
        ('all', '330200', null, null, null, null, 'not_assessable', 'too_short',
            'members with 67% of the weight can be assessed; 75% are needed', null, true)
    ) as t(item, place, total, effort, lo, hi, grade, reason, detail, skill, legal)
),
every as (
    select *, 'EFF-AIR' as edition, 'air' as theme, 'air/' || place || '/' || item as key, 'backfit' as method from given
    union all by name
    select
        'S|1|闸口' as place, 'not_assessable' as grade, 'too_short' as reason,
        'samples span 1.90 years of 2 needed' as detail, 'EFF-WATER' as edition, 'water' as theme,
        'water/S|1|闸口/tp' as key, 'tp_' || quantity as item, 'wrtds' as method
    from (values ('concentration'), ('flux')) as t(quantity)
)
select
    edition as effort_edition, key as series_key, theme,
    case theme when 'air' then place else '330100' end as region_code,
    case theme when 'air' then 'city' else 'section' end as place_level, place as place_code, item, 2026 as year,
    'ytd' as period_type, date '2026-01-01' as period_start, date '2026-10-31' as period_end,
    date '2025-01-01' as baseline_start, date '2025-12-31' as baseline_end,
    30.0::double as observed_base, 30.0 * exp(total) as observed, 30.5::double as normalised_base,
    30.5 * exp(effort) as normalised, total::double as total_log, effort::double as effort_log,
    (total - effort)::double as luck_log,
    round(100 * (exp(total) - 1), 6)::decimal(18, 6) as total_pct,
    round(100 * (exp(effort) - 1), 6)::decimal(18, 6) as effort_pct,
    round(100 * (exp(total - effort) - 1), 6)::decimal(18, 6) as luck_pct,
    round(100 * (exp(lo) - 1), 6)::decimal(18, 6) as effort_lower_pct,
    round(100 * (exp(hi) - 1), 6)::decimal(18, 6) as effort_upper_pct,
    round(100 * (exp(total - hi) - 1), 6)::decimal(18, 6) as luck_lower_pct,
    round(100 * (exp(total - lo) - 1), 6)::decimal(18, 6) as luck_upper_pct,
    case when effort is not null then 0.9::double end as confidence, grade, reason, detail,
    case when item in ('pm25', 'all') then 'secondary_pollutant' end as caveat, method, 304::bigint as n_values,
    1.0::double as coverage, skill::double as skill_blocked_nse, (skill + 0.02)::double as skill_random_nse,
    case when effort is not null then 0.0257::double end as outside_pool_share,
    case when effort is not null then 50::bigint end as n_replicates, 'feed' || item || place as series_hash,
    legal as is_legal_limit_met
from every;

create table effort_month as
select
    'EFF-AIR' as effort_edition, 'air/330100/' || item as series_key, start::date as month_start, observed::double as observed,
    normalised::double as normalised, normalised * 0.9::double as normalised_lower,
    normalised * 1.1::double as normalised_upper, 30::bigint as n_values
from (values
    ('pm25', '2025-01-01', 40.0, 38.0), ('pm25', '2025-02-01', 35.0, 36.0), ('pm25', '2026-01-01', 42.0, 37.0),
    ('no2', '2026-01-01', 30.0, 31.0)
) as t(item, start, observed, normalised);

create table effort_model as
select
    'EFF-AIR' as effort_edition, 'air/330100/' || item as series_key, kind, name, nth::bigint as nth, x::double as x,
    value::double as value, text
from (values
    ('pm25', 'setting', 'method', 0, null, null, 'backfit'),
    ('pm25', 'setting', 'predictors', 0, null, null, 'wind_speed_mean_m_s, weekday'),
    ('pm25', 'setting', 'unheard_of', 0, null, null, '3'),
    ('pm25', 'skill', 'blocked_nse', 0, null, 0.51, null),
    ('pm25', 'skill', 'random_nse', 0, null, 0.66, null),
    ('pm25', 'importance', 'weekday', 0, null, 0.01, null),
    ('pm25', 'importance', 'wind_speed_mean_m_s', 0, null, 0.4, null),
    ('pm25', 'curve', 'wind_speed_mean_m_s', 0, 1.0, 0.2, null),
    ('pm25', 'curve', 'wind_speed_mean_m_s', 1, 4.0, -0.2, null),
    ('pm25', 'curve', 'weekday', 0, 1.0, 0.01, null),
    ('pm25', 'warning', 'random_flatters', 0, null, null, 'NSE 0.15 higher on random days than on months not seen')
) as t(item, kind, name, nth, x, value, text);

create table effort_backtest as
select
    'EFF-AIR' as effort_edition, 'air/330100/pm25' as series_key, kind, name, 2026 as year, effort::double as effort_log,
    lo::double as lower_log, hi::double as upper_log, moved::double as moved_log, passed, detail
from (values
    ('placebo_date', '2025-07-01', 0.01, -0.05, 0.07, null, true, null),
    ('placebo_date', '2025-10-01', -0.02, -0.08, 0.04, null, true, null),
    ('placebo_date', '2026-01-01', 0.12, 0.05, 0.19, null, false, null),
    ('placebo_station', 'air/330900/pm25', null, null, null, null, null,
        'the weather explains 0.12 of the variance within months that the model has not seen; 0.2 is needed'),
    ('truncation', 'known on 2026-08-01', null, null, null, null, null, 'too_short: 21 months of record; 24 are needed')
) as t(kind, name, effort, lo, hi, moved, passed, detail);

insert into indicator_values by name
select
    'air_' || item || '_effort' as indicator_code, 'EFF-AIR' as edition, place_code as region_code,
    'city' as region_level, 'ytd' as period_type, timestamp '2026-01-01' as period_start,
    round(effort_pct, 1)::decimal(18, 4) as value, grade as value_text, '%' as unit,
    round(effort_lower_pct, 1)::decimal(18, 4) as lower, round(effort_upper_pct, 1)::decimal(18, 4) as upper,
    1.0::decimal(7, 4) as coverage, 'provisional' as status, 304::bigint as n_inputs, 'hash-2026-03' as inputs_hash,
    case when effort_pct is null then grade || ': ' || reason end as null_reason
from effort_score where theme = 'air';
