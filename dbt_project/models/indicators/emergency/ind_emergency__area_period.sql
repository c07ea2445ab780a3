-- Month, quarter, year and year-to-date indicators of emergencies for cities and the province.
{{ measured_rows(ref('emergency_area_period'), 'emergency') }}
