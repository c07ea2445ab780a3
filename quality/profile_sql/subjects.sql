-- The profile: a row per new batch and subject (an item or a column).
-- Reads cell_day, judged (batch, first_day, n_labels), quantile (batch, subject, q05, q50, q95) and
-- subject (subject, is_measured): what is measured has a calendar and a history, what the agency computed has not.
with entity_day as (
    select distinct batch, entity, day from cell_day
),
size as (
    select batch, count(distinct entity) as n_entities from entity_day group by batch
),
-- Batches of the same feed: each holds at least half of the other's entities. A file of one city and a national file
-- are not compared.
shared as (
    select mine.batch, theirs.batch as related, count(distinct entity) as n_shared
    from judged
    join entity_day as mine using (batch)
    join entity_day as theirs using (entity)
    where theirs.batch <> mine.batch and theirs.day < first_day and theirs.day >= first_day - 30
    group by all
),
feed as (
    select shared.batch, related
    from shared
    join size as own on own.batch = shared.batch
    join size as other on other.batch = related
    where n_shared >= 0.5 * greatest(own.n_entities, other.n_entities)
),
before as (
    select judged.batch, entity_day.batch as related, entity, day
    from judged
    join feed using (batch)
    join entity_day on entity_day.batch = feed.related
    where day < first_day and day >= first_day - 30
),
expected as (
    select
        judged.batch,
        coalesce($expected_entities, greatest(n_entities, count(distinct before.entity))) as n_expected
    from judged
    join size using (batch)
    left join before using (batch)
    group by judged.batch, n_entities
),
baseline_day as (
    select judged.batch, cell_day.subject, cell_day.day, sum(total) / sum(n_values) as day_mean
    from judged
    join feed using (batch)
    join cell_day on cell_day.batch = feed.related
    where cell_day.day < first_day and cell_day.day >= first_day - 30
    group by all
    having sum(n_values) > 0
),
baseline as (
    select batch, subject, count(*) as n_days, avg(day_mean) as mean, stddev_samp(day_mean) as deviation
    from baseline_day
    group by all
),
own as (
    select
        batch,
        subject,
        sum(n_rows) as n_rows,
        sum(n_values) as n_values,
        count(distinct entity) as n_entities,
        sum(total) / nullif(sum(n_values), 0) as mean,
        sqrt(greatest(0, sum(squares) / nullif(sum(n_values), 0) - (sum(total) / nullif(sum(n_values), 0)) ^ 2)) as deviation
    from cell_day
    join judged using (batch)
    group by all
)
select
    judged.batch,
    subject.subject,
    coalesce(own.n_rows, 0) as n_rows,
    coalesce(own.n_values, 0) as n_values,
    coalesce(own.n_entities, 0) as n_entities,
    1 - own.n_values / own.n_rows as null_share,
    if(is_measured, n_expected * n_labels, null)::bigint as n_expected,
    if(is_measured, least(1, coalesce(own.n_values, 0) / (n_expected * n_labels)), null) as completeness,
    own.mean,
    own.deviation,
    q05,
    q50,
    q95,
    baseline.n_days as baseline_days,
    baseline.mean as baseline_mean,
    baseline.deviation as baseline_deviation,
    -- A week of days is the least that makes a spread.
    if(is_measured and baseline.n_days >= 7, (own.mean - baseline.mean) / nullif(baseline.deviation, 0), null) as shift_sigma
from judged
cross join subject
join expected on expected.batch = judged.batch
left join own on own.batch = judged.batch and own.subject = subject.subject
left join quantile on quantile.batch = judged.batch and quantile.subject = subject.subject
left join baseline on baseline.batch = judged.batch and baseline.subject = subject.subject
order by judged.batch, subject.subject
