"""The log: every event once, with what it names. Nothing else writes facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph_service.goods.runs import runs_for
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.envelope import Arrival, Refusal
from graph_service.intake.facts import Facts
from graph_service.intake.prepared import Prepared
from graph_service.intake.strict_json import canonical
from graph_service.intake.touched import Touched
from graph_service.members.facts import ACCOUNTS
from graph_service.members.policy import BLOCKED, TWO_VALUES, Policy
from graph_service.members.sightings import account_in, pairs_of, unfit_of

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
    """

    accepted: list[Arrival]
    duplicates: int
    conflicts: list[tuple[Arrival, Refusal]]
    touched: list[Touched] = field(default_factory=list)


async def append(transaction: Transaction, prepared: Sequence[Prepared], *, now: int, policy: Policy) -> Appended:
    """Writes those of the events that are new; the caller holds the intake's lock.

    Args:
        transaction: a write transaction.
        prepared: valid events; of several with one id the first counts.
        now: the instant to stamp on events that bring no `recordedAt`, in microseconds.
        policy: the identity policy in force before them.
    """
    new, duplicates, conflicts = await _sort_out(transaction, prepared)
    unfit = {one.arrival.id: unfit_of(one.shown, policy) for one in new}
    await transaction.rows_of("intake/append", [_node(one, now, unfit[one.arrival.id], policy) for one in new])
    facts = {one.arrival.id: one.facts for one in new}
    parties = [
        {"event": event, "relation": relation, "party": party}
        for event, fact in facts.items()
        for relation, party in fact.parties
    ]
    await transaction.rows_of("channel/name_parties", parties)
    runs = await _name_runs(transaction, facts)
    shown = [
        one.row | {"unfit": unfit[event.arrival.id].get((one.list, one.identifier))}
        for event in new
        for one in event.shown
    ]
    await transaction.rows_of("members/show_identifiers", shown)
    products = [{"event": event, "sku": sku} for event, fact in facts.items() for sku in fact.products]
    await transaction.rows_of("trade/name_products", products)
    touched = [_touched(one, runs.get(one.arrival.id, {}), unfit[one.arrival.id]) for one in new]
    accepted = [one.arrival for one in new]
    return Appended(accepted, duplicates, conflicts, touched)


def _node(prepared: Prepared, now: int, unfit: Unfit, policy: Policy) -> Row:
    told = prepared.arrival.recorded_at
    derived = {"recordedAt": now if told is None else told} | _accounts(prepared, unfit, policy)
    return {"labels": list(prepared.facts.labels), "properties": prepared.properties | derived}


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


async def _sort_out(
    transaction: Transaction, prepared: Sequence[Prepared]
) -> tuple[list[Prepared], int, list[tuple[Arrival, Refusal]]]:
    known = {
        row["id"]: row["hash"]
        for row in await transaction.rows_of("intake/known", list({one.arrival.id for one in prepared}))
    }
    new: list[Prepared] = []
    duplicates = 0
    conflicts: list[tuple[Arrival, Refusal]] = []
    for one in prepared:
        first = known.setdefault(one.arrival.id, None)
        if first is None:
            known[one.arrival.id] = one.content_hash
            new.append(one)
        elif first == one.content_hash:
            duplicates += 1
        else:
            message = "id: the log has this id with another content; a correction is a new event and an event.voided."
            refusal = Refusal("ID_CONFLICT", message, path="id", event_id=one.arrival.id)
            conflicts.append((one.arrival, refusal))
    return new, duplicates, conflicts


async def _name_runs(transaction: Transaction, facts: Mapping[str, Facts]) -> dict[str, dict[str, list[str]]]:
    """Ties events to runs; returns the keys of the runs by event and relation."""
    spans = [(event, relation, named) for event, fact in facts.items() for relation, named in fact.codes]
    runs = await runs_for(transaction, {span for _, _, named in spans for span in named})
    named_runs: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for event, relation, named in spans:
        named_runs[event][relation] = sorted({run.first for span in named for run in runs[span]})
    rows = [
        {"event": event, "relation": relation, "runs": firsts}
        for event, relations in named_runs.items()
        for relation, firsts in relations.items()
    ]
    await transaction.rows_of("goods/name_runs", rows)
    return named_runs
