-- One row per manifest: when the waste left, when it was received, and whether the masses agree.
with manifests as (

    select
        manifest_code,
        region_code,
        waste_code,
        cast({{ local_time('interval_start_at') }} as date) as sent_on,
        status,
        sent_t,
        received_t,
        difference_note,
        cast({{ seconds_between('interval_start_at', 'waste_received_at') }} as decimal(18, 9)) / 86400 as days_to_receive
    from ({{ newest_rows('ecology__hazardous_waste_manifest') }}) as rows

)

select
    manifests.manifest_code,
    manifests.region_code,
    manifests.waste_code,
    manifests.sent_on,
    manifests.status,
    manifests.status <> '已作废' as is_counted,
    manifests.status = '已办结' as is_closed,
    manifests.sent_t,
    manifests.received_t,
    cast(manifests.days_to_receive as decimal(18, 9)) as days_to_receive,
    abs(manifests.received_t - manifests.sent_t) > manifest_max_difference.value * manifests.sent_t as is_different,
    manifests.difference_note is not null as is_explained
from manifests
{{ rule_join(ref('waste_rules'), 'manifest_max_difference', 'manifests.sent_on') }}
