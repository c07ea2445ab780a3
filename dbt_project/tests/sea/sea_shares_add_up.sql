-- The five classes share out all valid points; I and II together are the good ones.
select *
from {{ ref('sea_region_period') }}
where abs(class1_pct + class2_pct + class3_pct + class4_pct + worse_pct - 100) > 0.000001
    or abs(class1_pct + class2_pct - good_pct) > 0.000001
