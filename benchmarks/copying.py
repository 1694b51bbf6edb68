"""The same nodes and relations once more, by the bare driver: read from the service's graph, written to an empty one.

Reading is not measured. What was read waits in files, one for each batch, because ten million units are more than
memory should hold. A batch is written in one transaction, as the service writes one.
"""

import pickle
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from neo4j import ManagedTransaction, Session

from benchmarks.bare import Row, bare, read

BATCH = 2_000

# In this order: what a relation joins is there before it.
_WRITES = (
    "write_events",
    "write_runs",
    "change_runs",
    "write_identifiers",
    "write_parties_named",
    "write_runs_named",
    "write_stays",
    "write_shown",
    "rebates/write_decisions",
)

Batch = Mapping[str, Sequence[Row]]


class Copy:
    """Batches of what the service wrote, in files.

    Args:
        folder: of the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lasts: dict[str, str] = {}
        self._identifiers: set[str] = set()
        self._taken = 0
        folder.mkdir(parents=True, exist_ok=True)

    def take(
        self, session: Session, kind: str, events: Iterable[str], *, pieces: bool = False, size: int = BATCH
    ) -> None:
        """Reads what events brought to the graph.

        Args:
            session: of the service's graph.
            kind: what to call these batches.
            events: ids.
            pieces: whether these events split runs, so that their neighbours are new, too.
            size: how many events a batch holds.
        """
        waiting = iter(events)
        while part := list(islice(waiting, size)):
            batch = self._read(session, part, pieces=pieces)
            (self._folder / f"{kind}-{self._taken:08d}.pickle").write_bytes(pickle.dumps(batch))
            self._taken += 1

    def batches(self, kind: str) -> Iterator[Batch]:
        """The batches, in order."""
        for file in sorted(self._folder.glob(f"{kind}-*.pickle")):
            yield pickle.loads(file.read_bytes())  # noqa: S301 - written above

    def _read(self, session: Session, events: Sequence[str], *, pieces: bool) -> Batch:
        rows: dict[str, list[Row]] = defaultdict(list)
        named: list[str] = []
        shown: dict[str, None] = {}
        for event, labels, properties, parties, runs, shows, shared, decisions, entries in read(
            session, "read_events", rows=events
        ):
            rows["write_events"].append({"labels": [one for one in labels if one != "Event"], "properties": properties})
            for relation, party in parties:
                rows["write_parties_named"].append({"event": event, "relation": relation, "party": party})
            own: dict[str, list[str]] = defaultdict(list)
            for relation, run in runs:
                own[relation].append(run)
            for relation, firsts in own.items():
                rows["write_runs_named"].append({"event": event, "relation": relation, "runs": firsts})
                named += firsts
            for number, identifier in shows:
                rows["write_shown"].append({"event": event, "list": number, "identifier": identifier})
                shown[identifier] = None
            if shared or decisions or entries:
                decided = {"trigger": event, "shared": shared, "decisions": decisions, "entries": entries}
                rows["rebates/write_decisions"].append(decided)
        self._read_runs(session, named, rows, pieces=pieces)
        new = [one for one in shown if one not in self._identifiers]
        self._identifiers.update(new)
        for properties, member in read(session, "read_identifiers", rows=new):
            rows["write_identifiers"].append({"properties": properties, "member": member})
        return dict(rows)

    def _read_runs(self, session: Session, named: Sequence[str], rows: dict[str, list[Row]], *, pieces: bool) -> None:
        asked = list(dict.fromkeys(named))
        neighbours = self._runs(session, asked, rows, pieces=pieces)
        self._runs(session, sorted(neighbours.difference(asked)), rows, pieces=False)

    def _runs(self, session: Session, firsts: Sequence[str], rows: dict[str, list[Row]], *, pieces: bool) -> set[str]:
        neighbours: set[str] = set()
        events = {row["properties"]["id"] for row in rows["write_events"]}
        for properties, stays, named, found in read(session, "read_runs", rows=firsts, pieces=pieces):
            first, last = properties["first"], properties["last"]
            before = self._lasts.get(first)
            self._lasts[first] = last
            if before is None:
                rows["write_runs"].append(properties)
            elif before != last:
                rows["change_runs"].append({"first": first, "last": last})
            for container, stay in stays:
                # A stay comes with its packing, or, of a piece of a run that was packed before, with the piece.
                if stay["fromEvent"] in events or (before is None and _is_piece(named, events)):
                    rows["write_stays"].append({"run": first, "container": container, "properties": stay})
            if before is None:
                for relation, event in named:
                    if event not in events and _is_piece(named, events):
                        rows["write_runs_named"].append({"event": event, "relation": relation, "runs": [first]})
            neighbours.update(found)
        return neighbours


def _is_piece(named: Sequence[tuple[str, str]], events: set[str]) -> bool:
    """Whether none of the facts of a run is among these events: it is a piece of an older run."""
    return not any(event in events for _, event in named)


def write(session: Session, batches: Iterable[Batch]) -> Iterator[float]:
    """Writes batches; for each the seconds that it took, without reading it from its file."""

    for batch in batches:
        began = time.perf_counter()
        session.execute_write(write_batch, batch)
        yield time.perf_counter() - began


def write_batch(transaction: ManagedTransaction, batch: Batch) -> None:
    """Writes a batch in a transaction."""
    for name in _WRITES:
        if batch.get(name):
            parameters: dict[str, Any] = {"rows": batch[name]}
            transaction.run(bare(name), parameters).consume()
