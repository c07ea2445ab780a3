-- Does a published AQI follow from the pollutants beside it? An independent recomputation under the edition of HJ 633
-- that was in force on the day (before the first edition: the first). Reads aqi_row (batch, id, day, aqi, pm25 … co).
-- Integers throughout, so that ceilings and halves are exact; concentrations in steps of publication: 1 ug/m3, 0.1 mg/m3.
create temp table aqi_agreement as
with edition as (
    select aqi_edition, if(row_number() over (order by valid_from) = 1, date '0001-01-01', valid_from) as valid_from
    from read_csv($rulebooks, types = {'valid_from': 'DATE', 'valid_to': 'DATE'})
),
rule as (
    -- A daily table with one ozone column holds the daily maximum 8-h mean.
    select aqi_edition, pollutant, averaging
    from read_csv($rules)
    where report = $report and not (report = 'day' and pollutant = 'o3' and averaging = '1h')
),
point as (
    select *, (concentration * if(pollutant = 'co', 10, 1))::bigint as step
    from read_csv($breakpoints, types = {'concentration': 'DECIMAL(12,4)', 'iaqi': 'BIGINT'})
    join rule using (aqi_edition, pollutant, averaging)
),
segment as (
    select
        aqi_edition,
        pollutant,
        lag(iaqi) over ladder as iaqi_low,
        iaqi as iaqi_high,
        lag(step) over ladder as step_low,
        step as step_high,
        above_rule
    from point
    window ladder as (partition by aqi_edition, pollutant order by iaqi)
    qualify step_low is not null
),
dated as (
    from aqi_row
    asof join edition on aqi_row.day >= edition.valid_from
),
concentration as (
    from (unpivot dated on pm25, pm10, so2, no2, o3, co into name pollutant value concentration)
),
scaled as (
    select *, (concentration * 10000)::bigint as units, if(pollutant = 'co', 1000, 10000) as unit
    from concentration
),
rounded as (
    -- GB/T 8170: half to even
    select *, units // unit + if(2 * (units % unit) + (units // unit) % 2 > unit, 1, 0) as step
    from scaled
),
individual as (
    select
        batch,
        id,
        aqi,
        case
            when step <= step_high
                then iaqi_low
                    + ((iaqi_high - iaqi_low) * (step - step_low) + step_high - step_low - 1) // (step_high - step_low)
            when above_rule = 'cap' then iaqi_high
        end as iaqi
    from rounded
    join segment using (aqi_edition, pollutant)
    where (step > step_low or step_low = 0) and (step <= step_high or above_rule is not null)
),
recomputed as (
    select batch, id, aqi, max(iaqi) as computed
    from individual
    group by all
)
select
    batch,
    count(*) as aqi_rows,
    count(*) filter (aqi = computed) / count(*) as aqi_equal_share,
    count(*) filter (abs(aqi - computed) <= 1) / count(*) as aqi_within1_share
from recomputed
group by batch
