-- Class and eutrophication index of the sea's survey points, by the month of the survey.
with inputs as (

    {{ periods_of('sea') }}

),

surveys as (

    -- a point sampled twice in a month speaks by its later survey
    select
        surveys.*,
        inputs.period_start,
        inputs.inputs_hash,
        inputs.month,
        inputs.is_verified
    from {{ ref('sea_point_survey') }} as surveys
    inner join inputs
        on inputs.period_type = 'month'
        and surveys.survey_on between inputs.period_start and inputs.period_end
    qualify row_number() over (partition by surveys.station_code, inputs.period_start order by surveys.survey_on desc) = 1

)

{{ indicator_rows(
    'sea_class', 'surveys', 'station_code', "'point'", "'month'", 'period_start', 'class', 'required_judged / items_required',
    'items_judged', 'inputs_hash', 'month', text='main_pollutants', verified='is_verified',
    null_reason="'missing_items: ' || required_judged || ' of ' || items_required || ' required'"
) }}
union all
{{ indicator_rows(
    'sea_eutrophication_index', 'surveys', 'station_code', "'point'", "'month'", 'period_start',
    half_even('eutrophication_index', 2),
    '((cod_mg_l is not null)::integer + (din_mg_l is not null)::integer + (dip_mg_l is not null)::integer) / 3.0',
    '(cod_mg_l is not null)::integer + (din_mg_l is not null)::integer + (dip_mg_l is not null)::integer', 'inputs_hash',
    'month', text='eutrophication_zh', null_reason="'missing_items'", verified='is_verified', exact='eutrophication_index'
) }}
