-- Printed vectors of HJ 633 (and of public tests quoting it): rounded concentration → IAQI under both editions; null = no index.
with vectors as (

    select component, report, value, iaqi_2012, iaqi_2026, {{ iaqi_step('value', 0) }} as step
    from (values
        ('pm25', 'day', 35, 50, 50), ('pm25', 'day', 60, 82, 100), ('pm25', 'day', 75, 100, 114), ('pm25', 'day', 60.5, 82, 100),
        ('pm25', 'day', 60.6, 83, 101), ('pm25', 'day', 61, 83, 101), ('pm25', 'day', 500, 500, 500), ('pm25', 'day', 900, 500, 500),
        ('pm25', 'day', 36, 52, 52), ('pm25', 'day', 1, 2, 2), ('pm25', 'day', 0, 0, 0), ('pm25', 'day', 12000, 500, 500),
        ('pm25', 'hour', 60, 82, 100), ('pm25', 'hour', 75, 100, 114), ('pm10', 'hour', 120, 85, 100),
        ('pm10', 'day', 120, 85, 100), ('pm10', 'day', 150, 100, 112), ('pm10', 'day', 121, 86, 101), ('pm10', 'day', 600, 500, 500),
        ('so2', 'hour', 800, 200, 200), ('so2', 'hour', 801, null, 200), ('so2', 'hour', 900, null, 200),
        ('so2', 'day', 50, 50, 50), ('so2', 'day', 150, 100, 100), ('so2', 'day', 475, 150, 150), ('so2', 'day', 900, 213, 213),
        ('o3_8h', 'day', 160, 100, 100), ('o3_8h', 'day', 161, 101, 101), ('o3_8h', 'day', 800, 300, 300),
        ('o3_8h', 'day', 900, null, 300), ('o3_1h', 'day', 900, 350, null), ('o3_1h', 'hour', 900, 350, 350),
        ('o3_1h', 'day', 200, 100, null), ('o3_1h', 'day', 1300, 500, null),
        ('no2', 'day', 40, 50, 50), ('no2', 'day', 80, 100, 100), ('no2', 'hour', 100, 50, 50), ('no2', 'hour', 200, 100, 100)
    ) as vector (component, report, value, iaqi_2012, iaqi_2026)
    union all
    -- CO counts in 0.1 mg/m3: 4.05 rounds to 4.0, 4.15 to 4.2; 4.1 gives 100.5, up to 101.
    select component, report, value, iaqi_2012, iaqi_2026, {{ iaqi_step('value', 1) }} as step
    from (values
        ('co', 'day', 2, 50, 50), ('co', 'day', 4, 100, 100), ('co', 'day', 4.05, 100, 100), ('co', 'day', 4.1, 101, 101),
        ('co', 'day', 4.15, 101, 101), ('co', 'day', 60, 500, 500), ('co', 'day', 900, 500, 500), ('co', 'hour', 5, 50, 50),
        ('co', 'hour', 10, 100, 100), ('co', 'hour', 0.1, 1, 1)
    ) as vector (component, report, value, iaqi_2012, iaqi_2026)

)

select vectors.*, editions.aqi_edition, known.iaqi
from vectors
cross join (values ('HJ-633-2012'), ('HJ-633-2026')) as editions (aqi_edition)
left join {{ ref('iaqi_table') }} as known
    on known.aqi_edition = editions.aqi_edition
    and known.report = vectors.report
    and known.component = vectors.component
    and known.step = vectors.step
where known.iaqi is distinct from case when editions.aqi_edition = 'HJ-633-2012' then vectors.iaqi_2012 else vectors.iaqi_2026 end
