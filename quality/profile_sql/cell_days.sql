-- One row per batch, entity, subject and label day: what every later question is answered from.
-- Reads cell (batch, entity, day, subject, value), of new batches and of those of the 30 days before them.
create temp table cell_day as
select
    batch,
    entity,
    day,
    subject,
    count(*) as n_rows,
    count(value) as n_values,
    sum(value) as total,
    sum(value * value) as squares
from cell
group by all
