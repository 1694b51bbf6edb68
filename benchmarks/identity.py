"""How fast events of members become members, and what a further event costs on the graph that they leave.

    python -m benchmarks.identity [--events 1000000] [--persons 400000] [--policy] [--home DIR] [--profile FILE]

Each person is known by a phone, by OpenIDs and by a card; some share a device, and every till has a tablet that was
seen with thousands. It prints events a second, the service's memory, the median of further single events, of events on
a tablet, and with --policy how long a new policy takes over all of it.
"""

import argparse
import asyncio
import cProfile
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from graph_service.graph.driver import connect
from graph_service.graph.embedded import Connection, embedded_server
from graph_service.graph.migrations import migrate
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder

Event = dict[str, Any]

SLICE = 2_000
FURTHER = 300
ON_TABLET = 50
PERSONS_A_TABLET = 5_000
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SEED = 20260101


def phone(person: int) -> dict[str, str]:
    """The phone of a person."""
    return {"type": "PHONE", "value": f"139{person:08}"}


def openid(person: int, number: int) -> dict[str, str]:
    """An OpenID of a person, one for each app."""
    return {"type": "WECHAT_OPENID", "value": f"o{person:07}", "app": f"app{number}"}


def tablet(person: int) -> dict[str, str]:
    """The tablet of the store where a person is seen."""
    return {"type": "DEVICE", "value": f"tablet{person // PERSONS_A_TABLET:04}"}


def shown(person: int, chance: random.Random) -> list[dict[str, str]]:
    """What an event shows of a person."""
    card = {"type": "POS_CARD", "value": f"c{person:07}"}
    device = {"type": "DEVICE", "value": f"d{person // 2 if person % 10 == 0 else person:07}"}
    return chance.choice(
        [
            [phone(person), openid(person, 0)],
            [phone(person), openid(person, 1)],
            [openid(person, 0), device],
            [phone(person), card],
            [phone(person), tablet(person)],
        ]
    )


def event(number: int, identifiers: list[dict[str, str]]) -> Event:
    """An event in the order of time."""
    at = (_BEGIN + timedelta(seconds=number)).isoformat()
    return {"id": f"i{number:08}", "type": "member.identified", "at": at, "identifiers": identifiers, "source": "pos"}


def events(count: int, persons: int) -> Iterator[Event]:
    """So many events about so many persons, in no order of persons."""
    chance = random.Random(_SEED)  # noqa: S311
    for number in range(count):
        yield event(number, shown(chance.randrange(persons), chance))


def batched(listed: Iterator[Event], size: int) -> Iterator[list[Event]]:
    """Slices of a size, and what is left."""
    while part := list(islice(listed, size)):
        yield part


async def _record(recorder: Recorder, listed: list[Event], part_of: object | None = None) -> float:
    began = time.monotonic()
    report = await recorder.record(listed, as_admin=True, part_of=part_of)
    if report.rejected:
        raise RuntimeError(f"rejected: {report.rejected[0].code}")
    return time.monotonic() - began


async def _load(recorder: Recorder, count: int, persons: int) -> float:
    """As a file is taken in: a slice is made ready while the one before is written."""
    began, part_of = time.monotonic(), object()
    before: asyncio.Task[float] | None = None
    for listed in batched(events(count, persons), SLICE):
        here = asyncio.create_task(_record(recorder, listed, part_of))
        if before is not None:
            await before
        before = here
    if before is not None:
        await before
    return time.monotonic() - began


async def _single(recorder: Recorder, first: int, lists: Iterator[list[dict[str, str]]]) -> float:
    return statistics.median([await _record(recorder, [event(first + n, one)]) for n, one in enumerate(lists)]) * 1_000


async def measure(connection: Connection, options: argparse.Namespace) -> dict[str, Any]:
    """All figures, over an empty graph."""
    count, persons = options.events, options.persons
    chance = random.Random(_SEED + 1)  # noqa: S311
    async with connect(connection) as graph:
        await migrate(graph)
        async with Recorder(graph, IdentifierKeys(b"the secret of a benchmark, thirty-two")).running() as recorder:
            profile = cProfile.Profile() if options.profile else None
            if profile:
                profile.enable()
            seconds = await _load(recorder, count, persons)
            if profile:
                profile.disable()
                profile.dump_stats(options.profile)
            told: dict[str, Any] = {
                "events": count,
                "persons": persons,
                "eventsPerSecond": round(count / seconds),
                "serviceMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024,
            }
            lists = (shown(chance.randrange(persons), chance) for _ in range(FURTHER))
            told["furtherMedianMs"] = round(await _single(recorder, count, lists), 1)
            on_tablet = ([phone(n), tablet(n)] for n in range(ON_TABLET))
            told["onTabletMedianMs"] = round(await _single(recorder, count + FURTHER, on_tablet), 1)
            if options.policy:
                told |= await _change_policy(recorder, count + FURTHER + ON_TABLET, persons)
            return told


async def _change_policy(recorder: Recorder, first: int, persons: int) -> dict[str, float]:
    """How long another policy takes until nothing waits, and how long a further event takes meanwhile."""
    chance = random.Random(_SEED + 2)  # noqa: S311
    began, taken = time.monotonic(), []
    await _record(recorder, [_policy(first)])
    while (await recorder.backlog.look()).tasks:
        first += 1
        taken.append(await _record(recorder, [event(first, shown(chance.randrange(persons), chance))]))
        await asyncio.sleep(0.1)
    return {
        "policySeconds": round(time.monotonic() - began, 1),
        "meanwhileMedianMs": round(statistics.median(taken) * 1_000, 1) if taken else 0.0,
        "meanwhileLongestMs": round(max(taken, default=0.0) * 1_000, 1),
        "serviceMiBAfter": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024,
    }


def _policy(number: int) -> Event:
    namespaces = {
        "PHONE": {"priority": 1, "class": "person", "unique": True, "maxMembers": 8},
        "WECHAT_OPENID": {"priority": 2, "class": "person", "limit": 3},
        "POS_CARD": {"priority": 3, "class": "person", "limit": 3},
        "DEVICE": {"priority": 9, "class": "device", "maxMembers": 5},
    }
    made = event(number, [])
    del made["identifiers"]
    return made | {"type": "identity.policy", "policy": {"namespaces": namespaces}}


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--persons", type=int, default=400_000)
    parser.add_argument("--policy", action="store_true", help="apply another policy at the end")
    parser.add_argument("--profile", type=Path, help="write Python's profile of the load there")
    parser.add_argument("--home", type=Path, help="of the embedded server (default: a temporary folder)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="identity-", dir=options.home) as folder,
        embedded_server(Path(folder)) as connection,
    ):
        print(json.dumps(asyncio.run(measure(connection, options))))


if __name__ == "__main__":
    main()
