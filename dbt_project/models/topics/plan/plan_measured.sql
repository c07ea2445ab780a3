-- One row per target of the plan and month: its value as the registers and reports say it by the last day known of the
-- month, and what it was counted from. Nothing is judged here.
with months as (

    select month, last_date as judged_on
    from {{ source('core', 'months') }}
    where theme = 'plan' and last_date >= (select cast(value as date) from {{ ref('plan_rules') }} where rule = 'path_start')

),

parameters as (

    select cast(value as date) as path_start from {{ ref('plan_rules') }} where rule = 'path_start'

),

targets as (

    select code, kind, value as target, year from {{ ref('plan_targets') }}

),

cities as (

    select region_code
    from {{ ref('regions') }}
    where region_level = 'city' and parent_code = '330000' and valid_to is null

),

labs as ({{ newest_rows('resources__ai_labs', scope=false) }}),

conversions as ({{ newest_rows('resources__station_conversion', scope=false) }}),

parks as ({{ newest_rows('resources__green_parks', scope=false) }}),

factories as ({{ newest_rows('resources__green_factories', scope=false) }}),

synergy as ({{ newest_rows('resources__synergy_register', scope=false) }}),

devices as ({{ newest_rows('resources__equipment_renewal', scope=false) }}),

roofs as ({{ newest_rows('resources__rooftop_pv', scope=false) }}),

reports as ({{ newest_rows('resources__periodic_reports', scope=false) }}),

projects as ({{ newest_rows('resources__plan_projects', scope=false) }}),

sections as ({{ newest_rows('water__section_register', scope=false) }}),

entries as (

    -- What is counted, from the day on which it counts: a laboratory, park or factory that is published again counts once.
    {% for target in ['PLN-05-01', 'PLN-05-03'] -%}
    select '{{ target }}' as code, lab_code as subject, min({{ local_time('interval_start_at') }}) as counts_at, 1 as amount
    from labs
    group by lab_code
    union all
    {% endfor -%}
    select
        case kind
            when '自动监测站' then 'PLN-05-02'
            when '辐射环境质量站点' then 'PLN-05-04'
            else 'PLN-05-05'
        end as code,
        station_code as subject,
        min(accepted_on) as counts_at,
        1 as amount
    from conversions
    where accepted_on is not null
    group by kind, station_code
    union all
    select 'PLN-10-01' as code, credit_code as subject, min({{ local_time('interval_start_at') }}) as counts_at, 1 as amount
    from parks
    group by credit_code
    union all
    select 'PLN-10-02' as code, credit_code as subject, min({{ local_time('interval_start_at') }}) as counts_at, 1 as amount
    from factories
    group by credit_code
    union all
    select
        case kind when '县级城市' then 'PLN-11-01' else 'PLN-11-02' end as code,
        area_code as subject,
        min({{ local_time('interval_start_at') }}) as counts_at,
        1 as amount
    from synergy
    group by kind, area_code
    union all
    select 'PLN-14-01' as code, project_id as subject, {{ local_time('interval_start_at') }} as counts_at, devices as amount
    from devices
    where devices is not null

),

dated_entries as (

    select code, subject, cast(counts_at as date) as counts_on, amount from entries

),

counts as (

    select
        dated_entries.code,
        months.month,
        sum(dated_entries.amount) as value,
        coalesce(sum(dated_entries.amount) filter (where dated_entries.counts_on < parameters.path_start), 0) as value_at_start,
        sum(dated_entries.amount) as numerator,
        cast(null as bigint) as denominator,
        max(dated_entries.counts_on) as known_on
    from dated_entries
    inner join months
        on dated_entries.counts_on <= months.judged_on
    cross join parameters
    group by dated_entries.code, months.month

),

roof_shares as (

    select
        'PLN-10-03' as code,
        months.month,
        sum(roofs.buildings_with_pv) as numerator,
        sum(roofs.buildings) as denominator,
        max(cast({{ local_time('roofs.interval_end_at') }} as date) - 1) as known_on
    from roofs
    cross join parameters
    inner join months
        on cast({{ local_time('roofs.interval_end_at') }} as date) - 1 between parameters.path_start and months.judged_on
    where roofs.buildings is not null and roofs.buildings_with_pv is not null
    group by months.month

),

section_shares as (

    -- Months in which nothing automatic is known at all say nothing.
    select
        'PLN-03-03' as code,
        months.month,
        count(stations.station_code) as numerator,
        count(*) as denominator,
        max(months.judged_on) as known_on
    from sections
    cross join months
    left join {{ ref('assets_station_month') }} as stations
        on stations.network = 'surface_water'
        and stations.station_code = sections.station_code
        and stations.month = months.month
        and stations.readings_valid > 0
    where sections.control_level in ('国控', '省控', '市控', '县控')
    group by months.month
    having count(stations.station_code) > 0

),

gas_cities as (

    select
        'PLN-03-04' as code,
        months.month,
        count(distinct stations.city_code) as numerator,
        (select count(*) from cities) as denominator,
        max(months.judged_on) as known_on
    from months
    inner join {{ ref('assets_station_month') }} as stations
        on stations.network = 'greenhouse_gas' and stations.month = months.month and stations.readings_valid > 0
    where stations.city_code in (select region_code from cities)
    group by months.month

),

network_cities as (

    -- Cities with a valid value within the twelve months up to the month judged: soil is sampled once a year.
    select
        months.month,
        stations.network,
        stations.city_code,
        max(stations.month) as newest_month
    from months
    inner join {{ ref('assets_station_month') }} as stations
        on cast(stations.month || '-01' as date) > cast(months.month || '-01' as date) - interval 12 month
        and stations.month <= months.month
        and stations.readings_valid > 0
    where stations.network in ('noise', 'soil', 'groundwater', 'electromagnetic')
        and stations.city_code in (select region_code from cities)
    group by months.month, stations.network, stations.city_code

),

networks as (

    {% for code, members in {'PLN-03-01': ['noise'], 'PLN-03-02': ['soil', 'groundwater'],
                             'PLN-03-05': ['electromagnetic']}.items() -%}
    select
        '{{ code }}' as code,
        month,
        count(*) as numerator,
        (select count(*) from cities) as denominator,
        max(last_day(cast(newest_month || '-01' as date))) as known_on
    from (
        select month, city_code, max(newest_month) as newest_month
        from network_cities
        where network in ('{{ members | join("', '") }}')
        group by month, city_code
        having count(*) = {{ members | length }}
    ) as members
    group by month
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

project_states as (

    select
        months.month,
        projects.status,
        {{ local_time('projects.interval_end_at') }} as known_at,
        row_number() over (
            partition by months.month, projects.project_id order by projects.interval_end_at desc
        ) as nth
    from projects
    inner join months
        on {{ local_time('projects.interval_end_at') }} <= months.judged_on + interval 1 day

),

pilot_projects as (

    select
        'PLN-01-02' as code,
        month,
        count(*) filter (where status = '完工') as numerator,
        count(*) as denominator,
        max(cast(known_at as date) - 1) as known_on
    from project_states
    where nth = 1
    group by month

),

registered as (

    select code, month, value, value_at_start, numerator, denominator, known_on from counts
    union all
    select
        code,
        month,
        {{ mean_of('numerator * 100', 'denominator') }} as value,
        0 as value_at_start,
        numerator,
        denominator,
        known_on
    from roof_shares
    union all
    select
        code,
        month,
        {{ mean_of('numerator * 100', 'denominator') }} as value,
        0 as value_at_start,
        numerator,
        denominator,
        known_on
    from section_shares
    union all
    select code, month, numerator as value, 0 as value_at_start, numerator, denominator, known_on from gas_cities
    union all
    -- evidence only: that a network is complete is for its owner to report
    select code, month, null as value, 0 as value_at_start, numerator, denominator, known_on from networks
    union all
    select code, month, null as value, 0 as value_at_start, numerator, denominator, known_on from pilot_projects

),

said as (

    select
        months.month,
        reports.target_code as code,
        reports.reported_value,
        reports.status,
        reports.evidence,
        cast({{ local_time('reports.interval_end_at') }} as date) - 1 as reported_on,
        row_number() over (
            partition by months.month, reports.target_code order by reports.interval_end_at desc
        ) as nth
    from reports
    inner join months
        on {{ local_time('reports.interval_end_at') }} <= months.judged_on + interval 1 day

),

newest_reports as (

    select month, code, reported_value, status, evidence, reported_on from said where nth = 1

)

select
    targets.code,
    months.month,
    months.judged_on,
    cast(coalesce(registered.value, newest_reports.reported_value) as decimal(18, 9)) as value,
    case
        when registered.value is not null then 'register'
        when newest_reports.reported_value is not null then 'report'
    end as value_source,
    cast(coalesce(registered.value_at_start, 0) as decimal(18, 9)) as value_at_start,
    cast(registered.numerator as bigint) as numerator,
    cast(registered.denominator as bigint) as denominator,
    registered.known_on,
    newest_reports.reported_value,
    newest_reports.status as reported_status,
    newest_reports.evidence as reported_evidence,
    newest_reports.reported_on
from targets
cross join months
left join registered
    on registered.code = targets.code and registered.month = months.month
left join newest_reports
    on newest_reports.code = targets.code and newest_reports.month = months.month
