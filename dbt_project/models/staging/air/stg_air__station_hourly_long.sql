{{ station_hours('station_hourly_long') }}
