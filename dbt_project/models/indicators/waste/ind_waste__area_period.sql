-- Month, quarter, year and year-to-date indicators of waste for cities and the province.
{{ measured_rows(ref('waste_area_period'), 'waste') }}
