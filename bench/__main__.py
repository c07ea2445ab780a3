"""``python -m bench [name …]``: run the named benches, or all."""

from __future__ import annotations

import sys
from importlib import import_module

from bench.measure import SHARED

BENCHES = (
    *("landing_to_core", "one_more_day", "years_of_history", "hj212_load"),
    *("london", "choptank", "known_truth", "hangzhou", "effort_scaling", "composite_audit"),
)


def main(names: list[str]) -> int:
    """Run them; 2 when a name is unknown or the data are absent."""
    if unknown := [n for n in names if n not in BENCHES]:
        print(f"no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
        return 2
    if not SHARED.is_dir():
        print(f"real data absent: no folder {SHARED.name!r} beside the repository (set ECOLAKE_SHARED_DATA)")
        return 2
    for name in names or BENCHES:
        print(f"== {name}")
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
