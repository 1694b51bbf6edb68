"""The log: every event once, with what it names. Nothing else writes facts."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph_service.ahead import WriteBehind
from graph_service.goods.runs import Cuts, cut, fetch_cuts
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.envelope import Arrival, Refusal
from graph_service.intake.lock import BUSINESS, Log
from graph_service.intake.prepared import Prepared
from graph_service.intake.strict_json import canonical
from graph_service.intake.touched import Touched
from graph_service.members.facts import ACCOUNTS
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy
from graph_service.members.sightings import account_in, pairs_of, unfit_of

_OF_A_SCAN = (
    "type", "at", "recordedAt", "voided", "account", "promoCode", "region", "channel", "campaign", "device", "code"
)  # fmt: skip

Unfit = Mapping[tuple[int, str], str]
"""Why sightings of an event link nothing, by list and identifier."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch.

    Attributes:
        accepted: the events that are new in the log, by index.
        duplicates: how many were there already with the same content.
        conflicts: those whose id stands for another content.
        touched: the keys that each accepted event names.
        recorded: when the log took each of them, in microseconds.
        voided_before: ids of accepted events that a void has named before they came.
        items: by the key of each run that they name its item.
        scans: the scans among them as `rebates/triggers` would tell them, by id.
        has_business: whether some of them are what `Log.has_business` tells of the log.
    """

    accepted: list[Arrival] = field(default_factory=list)
    duplicates: int = 0
    conflicts: list[tuple[Arrival, Refusal]] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    voided_before: set[str] = field(default_factory=set)
    items: Mapping[str, str] = field(default_factory=dict)
    scans: Mapping[str, Row] = field(default_factory=dict)
    has_business: bool = False


Watch = Callable[[Mapping[str, Row], Cuts, int], None]
"""Is told of a batch of scans before they are written: scans by id, how runs are cut for them, the log's clock."""


async def append(
    transaction: Transaction,
    prepared: Sequence[Prepared],
    log: Log,
    *,
    now: int,
    policy: Policy,
    watch: Watch | None = None,
) -> Appended:
    """Writes those of the events that are new; the caller holds the intake's lock.

    Args:
        transaction: a write transaction.
        prepared: valid events; of several with one id the first counts.
        log: how the log stands, and what it knows of their ids; its clock moves to the latest of them.
        now: the instant to stamp on events that bring no `recordedAt`, in microseconds.
        policy: the identity policy in force before them.
        watch: is told of them, when they are scans and nothing else, and no void has named one of them.
    """
    new, found = _sort_out(prepared, log.known)
    if not new:
        return found
    cuts = await fetch_cuts(transaction, {span for one in new for _, named in one.facts.codes for span in named})
    async with WriteBehind() as behind:
        await behind.put(cut(transaction, cuts))
        unfit = [unfit_of(one.shown, policy) for one in new]
        recorded = [now if one.arrival.recorded_at is None else one.arrival.recorded_at for one in new]
        clock = clock_after(log.clock, recorded)
        nodes = [_properties(*each, policy) for each in zip(new, recorded, unfit, strict=True)]
        runs = [_runs_of(one, cuts) for one in new]
        scans = {
            one.arrival.id: _scan(node, named["SCANS"][0], cuts.items)
            for one, node, named in zip(new, nodes, runs, strict=True)
            if one.arrival.event.type == "goods.scanned"
        }
        if watch is not None and len(scans) == len(new) and not found.voided_before:
            watch(scans, cuts, clock)
            await asyncio.sleep(0)
        rows = [_row(*each) for each in zip(new, nodes, runs, unfit, strict=True)]
        await behind.put(transaction.rows_of("intake/append", rows, clock=clock))
        touched = [_touched(*each) for each in zip(new, runs, unfit, strict=True)]
    has_business = any(not BUSINESS.isdisjoint(one.facts.labels) for one in new)
    return replace(found, touched=touched, recorded=recorded, items=cuts.items, scans=scans, has_business=has_business)


def clock_after(clock: int | None, recorded: Iterable[int]) -> int:
    """The log's clock, in microseconds, when events in force have been recorded."""
    return max(recorded if clock is None else (clock, *recorded))


def _properties(prepared: Prepared, recorded_at: int, unfit: Unfit, policy: Policy) -> Row:
    """Of an event's node."""
    return prepared.properties | {"recordedAt": recorded_at} | _accounts(prepared, unfit, policy)


def _row(prepared: Prepared, properties: Row, runs: Mapping[str, list[str]], unfit: Unfit) -> Row:
    """An event's node and what it is tied to; what there is none of is left out."""
    facts = prepared.facts
    return {
        "labels": list(facts.labels),
        "properties": properties,
        "parties": facts.parties or None,
        "runs": [(relation, first) for relation, firsts in runs.items() for first in firsts] or None,
        "products": facts.products or None,
        "shown": [one.row | {"unfit": unfit.get((one.list, one.identifier))} for one in prepared.shown] or None,
    }


def _scan(properties: Row, run: str, items: Mapping[str, str]) -> Row:
    """A scan as `rebates/triggers` tells it; it names one code, which is a run of its own."""
    return {
        **{name: properties.get(name) for name in _OF_A_SCAN},
        "event": properties["id"],
        "party": None,
        "run": run,
        "last": run,
        "item": items[run],
    }


def _accounts(prepared: Prepared, unfit: Unfit, policy: Policy) -> dict[str, str]:
    """The accounts of the members that an event is about, by property."""
    found = {
        name: account_in(prepared.shown, named, unfit, policy) if isinstance(named, int) else named
        for name, named in zip(ACCOUNTS, prepared.facts.accounts, strict=False)
    }
    return {name: account for name, account in found.items() if account is not None}


def _touched(prepared: Prepared, runs: Mapping[str, Sequence[str]], unfit: Unfit) -> Touched:
    arrival, facts = prepared.arrival, prepared.facts
    event = arrival.event
    seen = [(one.list, one.identifier) for one in prepared.shown if unfit.get((one.list, one.identifier)) != BLOCKED]
    return Touched(
        event=arrival.id,
        type=event.type,
        at=arrival.at,
        voided=False,
        parties=facts.parties,
        runs=tuple(run for relation, named in runs.items() if relation != "INTO" for run in named),
        containers=tuple(runs.get("INTO", ())),
        identifiers=tuple({identifier for _, identifier in seen}),
        blocked=tuple({identifier for (_, identifier), why in unfit.items() if why == BLOCKED}),
        named=tuple(one for one in facts.accounts if isinstance(one, str)),
        pairs=tuple(pairs_of(event.type, seen)),
        is_spoiled=TWO_VALUES in unfit.values(),
        source=arrival.source,
        sku=facts.properties.get("sku"),
        promo_code=facts.properties.get("promoCode"),
        relation=facts.properties.get("relation"),
        pet=facts.properties.get("pet"),
        body=canonical(arrival.content) if "RuleFact" in facts.labels else None,
    )


def _sort_out(prepared: Sequence[Prepared], known_before: Mapping[str, str | None]) -> tuple[list[Prepared], Appended]:
    """What of a batch the log has not, and what becomes of all of it."""
    known = dict(known_before)
    new: list[Prepared] = []
    duplicates = 0
    conflicts: list[tuple[Arrival, Refusal]] = []
    for one in prepared:
        first = known.get(one.arrival.id)
        if first is None:
            known[one.arrival.id] = one.content_hash
            new.append(one)
        elif first == one.content_hash:
            duplicates += 1
        else:
            message = "id: the log has this id with another content; a correction is a new event and an event.voided."
            refusal = Refusal("ID_CONFLICT", message, path="id", event_id=one.arrival.id)
            conflicts.append((one.arrival, refusal))
    voided_before = {event for event, content_hash in known_before.items() if content_hash is None}
    return new, Appended([one.arrival for one in new], duplicates, conflicts, voided_before=voided_before)


def _runs_of(prepared: Prepared, cuts: Cuts) -> dict[str, list[str]]:
    """The keys of the runs that an event names, by relation."""
    return {
        relation: sorted({run.first for span in named for run in cuts.named[span]})
        for relation, named in prepared.facts.codes
    }
