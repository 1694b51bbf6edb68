"""The ten nearest stores with a service among many, by GraphQL on one connection.

    python -m benchmarks.near [--stores 100000] [--questions 2000]

Half of the stores stand in thirty cities, the others anywhere between; the questions are asked likewise.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.serving import serving
from benchmarks.timing import ask
from benchmarks.web import asking, recording

NEAREST = """query Near($lat: Float!, $lon: Float!, $services: [String!], $openAt: DateTime) {
  storesNear(lat: $lat, lon: $lon, services: $services, openAt: $openAt, first: 10) {
    edges { node { metres store { id name } } } pageInfo { hasNextPage endCursor }
  } }"""
SERVICES = {"WASHING": 0.33, "BOARDING": 0.2, "NURSING": 0.1}
_LAT, _LON = (21.0, 45.0), (98.0, 123.0)
_CITY_DEGREES = 0.15
_PART = 2_000
_WARM_UP = 300

Place = tuple[float, float]


def places(count: int, draw: random.Random) -> Iterator[Place]:
    """So many places."""
    cities = [(draw.uniform(*_LAT), draw.uniform(*_LON)) for _ in range(30)]
    for number in range(count):
        if number % 2:
            lat, lon = draw.choice(cities)
            yield lat + draw.gauss(0, _CITY_DEGREES), lon + draw.gauss(0, _CITY_DEGREES)
        else:
            yield draw.uniform(*_LAT), draw.uniform(*_LON)


def stores(count: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Registrations of so many stores."""
    for number, (lat, lon) in enumerate(places(count, draw)):
        party = {
            **{"id": f"S{number:06}", "kind": "STORE", "name": f"店 {number}", "openingHours": "09:00-21:00"},
            "position": {"lat": round(lat, 6), "lon": round(lon, 6)},
            "services": [name for name, share in SERVICES.items() if draw.random() < share],
        }
        yield {"id": f"e{number}", "type": "party.registered", "at": "2026-01-01T00:00:00Z", "party": party}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near")
    parser.add_argument("--stores", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=2_000)
    asked = parser.parse_args()
    draw = random.Random(7)  # noqa: S311 - repeatable on purpose
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        began = time.perf_counter()
        events = list(stores(asked.stores, draw))
        with recording(served) as record:
            for start in range(0, len(events), _PART):
                record(events[start : start + _PART])
        print(f"{asked.stores:,} stores recorded in {time.perf_counter() - began:.1f} s")
        points = list(places(asked.questions + _WARM_UP, random.Random(7)))  # noqa: S311 - among the same cities
        kinds: dict[str, dict[str, Any]] = {f"with {service}": {"services": [service]} for service in SERVICES}
        kinds["with WASHING and open"] = {"services": ["WASHING"], "openAt": "2026-03-06T12:00:00+08:00"}
        for named, more in kinds.items():
            work = [{"lat": lat, "lon": lon, **more} for lat, lon in points]
            took = ask(lambda: asking(served, NEAREST), work[_WARM_UP:], callers=1, warm_up=work[:_WARM_UP])
            print(f"nearest ten {named}: median {took.median:.1f} ms, p99 {took.p99:.1f} ms, {took.rate:,.0f}/s")


if __name__ == "__main__":
    main()
