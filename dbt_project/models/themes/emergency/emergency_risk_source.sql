-- One row per enterprise of the register of risk sources, with how far its largest stock exceeds the critical quantity.
select
    credit_code,
    region_code,
    risk_grade,
    substance,
    quantity_t,
    critical_t,
    cast(cast(quantity_t as double) / nullif(critical_t, 0) as decimal(18, 9)) as critical_ratio,
    source_distance_km,
    plan_filed_on,
    status is distinct from '注销' as is_listed
from ({{ newest_rows('ecology__risk_sources') }}) as rows
