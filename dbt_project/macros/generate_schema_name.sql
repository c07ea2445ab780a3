{# Schemas are named as the layers are; one scratch file serves one lake, so no developer prefix is needed. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
