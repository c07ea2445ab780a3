-- Control units as the newest register has them, from the year of the edition that set them; it has no other dates.
with units as ({{ newest_rows('ecology__zoning_units') }}),

areas as ({{ held_at_the_end('units', 'services', 'coalesce(cast(substr(members.version, 1, 4) as integer), 0) <= extract(year from periods.period_end)') }})

{{ measure('services_zoning_units', 'areas', 'count(*)') }}
union all
{{ measure('services_zoning_priority_area_share', 'areas', "coalesce(sum(area_km2) filter (where unit_class = '优先保护'), 0)",
           'sum(area_km2)', 100, inputs='count(area_km2)', expected='count(*)') }}
