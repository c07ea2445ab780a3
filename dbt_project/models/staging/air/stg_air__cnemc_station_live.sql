{{ station_hours('cnemc_station_live') }}
