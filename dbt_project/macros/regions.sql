{#
  Body of a CTE: every administrative region as a member of itself and of all regions above it, with the member's first
  and last day: member_code, member_level, region_code, region_level, valid_from, valid_to.
#}
{% macro members_of_regions() %}
    select *
    from (
        select
            members.region_code as member_code,
            members.region_level as member_level,
            unnest([members.region_code, parents.region_code, grandparents.region_code]) as region_code,
            unnest([members.region_level, parents.region_level, grandparents.region_level]) as region_level,
            coalesce(members.valid_from, date '0001-01-01') as valid_from,
            coalesce(members.valid_to, date '9999-12-31') as valid_to
        from {{ ref('regions') }} as members
        left join {{ ref('regions') }} as parents
            on parents.region_code = members.parent_code
        left join {{ ref('regions') }} as grandparents
            on grandparents.region_code = parents.parent_code
    ) as chains
    where region_code is not null
{% endmacro %}

{# Body of a CTE: how many members of a level each region has on the last day of each year of `relation`. #}
{% macro members_expected(relation, member_level) %}
    select years.period_year, chains.region_code, chains.region_level, count(*) as members_expected
    from (select distinct period_year from {{ relation }}) as years
    inner join members as chains
        on make_date(years.period_year, 12, 31) between chains.valid_from and chains.valid_to
        and chains.member_level = '{{ member_level }}'
    group by years.period_year, chains.region_code, chains.region_level
{% endmacro %}

{# Local calendar year and day of a row of a dataset. #}
{% macro local_year(instant) -%}
    cast(extract(year from {{ local_time(instant) }}) as integer)
{%- endmacro %}

{% macro local_day(instant) -%}
    cast({{ local_time(instant) }} as date)
{%- endmacro %}

{# A missing sum over members, in words. #}
{% macro members_missing(what='members') -%}
    '{{ what }}_missing: ' || members_valid || ' of ' || members_expected
{%- endmacro %}
