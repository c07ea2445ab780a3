-- Quarter, year and year-to-date indicators of soil and groundwater for cities and the province.
{{ measured_rows(ref('soil_area_period'), 'soil') }}
