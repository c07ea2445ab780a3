-- Month, quarter, year and year-to-date indicators of radiation for stations, cities and the province.
{{ measured_rows(ref('radiation_area_period'), 'radiation') }}
