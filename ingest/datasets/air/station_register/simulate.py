"""The simulated province's register of air stations: codes and names of stations that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.simulate.feeds import Feed, World
from ingest.simulate.places import stations
from ingest.simulate.writing import csv_bytes

OURS = {"code": "station_code", "name": "station_name", "lon": "lon_deg", "lat": "lat_deg", "source": "origin"}


def simulate(world: World) -> Iterator[Feed]:
    """One file: the register as it stands."""
    register = stations(world.scale).register
    yield Feed("sim_station_register.csv", csv_bytes(register), register.rename(OURS))
