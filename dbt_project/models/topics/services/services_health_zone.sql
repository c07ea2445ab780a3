-- Pilot zones friendly to environmental health that had been named by the end of each period and have not left.
with zones as ({{ newest_rows('ecology__health_friendly_zones') }}),

areas as ({{ held_at_the_end('zones', 'services', 'members.batch_year <= extract(year from periods.period_end)') }})

{{ measure('services_health_zones', 'areas', 'count(*)', where="state is distinct from '退出'") }}
