"""The log: every event once, with what it names. Nothing else writes facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_service.channel.facts import channel_facts
from graph_service.goods.facts import goods_facts
from graph_service.goods.runs import runs_for
from graph_service.graph.driver import Row, Transaction
from graph_service.intake import events
from graph_service.intake.envelope import Arrival, Refusal
from graph_service.intake.facts import Facts
from graph_service.intake.strict_json import canonical
from graph_service.intake.touched import Touched
from graph_service.members.facts import member_facts
from graph_service.members.identifiers import IdentifierKeys, plain, strongest
from graph_service.rebates.facts import rule_facts


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


def facts_of(event: events.Event) -> Facts:
    """What an event adds to the graph."""
    match event:
        case events.RulePublished() | events.RuleWithdrawn():
            return rule_facts(event)
        case events.MemberIdentified():
            return member_facts(event)
        case events.EventVoided(voids=target):
            return Facts(("Void",), {"voids": target})
        case events.ClockAdvanced(through=through):
            return Facts(("ClockFact",), {"through": through})
        case (
            events.PartyRegistered()
            | events.ChannelLinked()
            | events.ChannelUnlinked()
            | events.TerritoryAssigned()
            | events.TerritoryReleased()
            | events.ProductListed()
            | events.CampaignLaunched()
        ):
            return channel_facts(event)
        case _:
            return goods_facts(event)


async def append(transaction: Transaction, arrivals: Sequence[Arrival], *, keys: IdentifierKeys, now: int) -> Appended:
    """Writes those of the arrivals that are new; the caller holds the intake's lock.

    Args:
        transaction: a write transaction.
        arrivals: valid events; of several with one id the first counts.
        keys: what seals identifiers.
        now: the instant to stamp on events that bring no `recordedAt`, in microseconds.
    """
    accepted, duplicates, conflicts, hashes = await _sort_out(transaction, arrivals, keys)
    facts = {arrival.id: facts_of(arrival.event) for arrival in accepted}
    await transaction.rows_of(
        "intake/append",
        [_node(arrival, facts[arrival.id], keys, now, hashes[arrival.id]) for arrival in accepted],
    )
    parties = [
        {"event": event, "relation": relation, "party": party}
        for event, fact in facts.items()
        for relation, party in fact.parties
    ]
    await transaction.rows_of("channel/name_parties", parties)
    runs = await _name_runs(transaction, facts)
    shown = _identifier_rows(facts, keys)
    await transaction.rows_of("members/show_identifiers", shown)
    identifiers: dict[str, list[str]] = defaultdict(list)
    for row in shown:
        identifiers[row["event"]].append(row["identifier"])
    touched = [
        _touched(arrival, facts[arrival.id], runs.get(arrival.id, {}), identifiers.get(arrival.id, ()))
        for arrival in accepted
    ]
    return Appended(accepted, duplicates, conflicts, touched)


def _touched(arrival: Arrival, facts: Facts, runs: Mapping[str, Sequence[str]], identifiers: Sequence[str]) -> Touched:
    event = arrival.event
    return Touched(
        event=arrival.id,
        type=event.type,
        at=arrival.at,
        voided=False,
        parties=facts.parties,
        runs=tuple(run for relation, named in runs.items() if relation != "INTO" for run in named),
        containers=tuple(runs.get("INTO", ())),
        identifiers=tuple(identifiers),
        sku=facts.properties.get("sku"),
        promo_code=facts.properties.get("promoCode"),
        relation=facts.properties.get("relation"),
        body=canonical(arrival.content) if "RuleFact" in facts.labels else None,
    )


async def _sort_out(
    transaction: Transaction, arrivals: Sequence[Arrival], keys: IdentifierKeys
) -> tuple[list[Arrival], int, list[tuple[Arrival, Refusal]], dict[str, str]]:
    known = {
        row["id"]: row["hash"]
        for row in await transaction.rows_of("intake/known", list({arrival.id for arrival in arrivals}))
    }
    accepted: list[Arrival] = []
    duplicates = 0
    conflicts: list[tuple[Arrival, Refusal]] = []
    for arrival in arrivals:
        content_hash = keys.content_hash(canonical(arrival.content))
        first = known.setdefault(arrival.id, None)
        if first is None:
            known[arrival.id] = content_hash
            accepted.append(arrival)
        elif first == content_hash:
            duplicates += 1
        else:
            message = "id: the log has this id with another content; a correction is a new event and an event.voided."
            conflicts.append((arrival, Refusal("ID_CONFLICT", message, path="id", event_id=arrival.id)))
    return accepted, duplicates, conflicts, {key: value for key, value in known.items() if value is not None}


def _node(arrival: Arrival, facts: Facts, keys: IdentifierKeys, now: int, content_hash: str) -> Row:
    common: dict[str, Any] = {
        "id": arrival.id,
        "type": arrival.event.type,
        "at": arrival.at,
        "recordedAt": now if arrival.recorded_at is None else arrival.recorded_at,
        "by": arrival.by,
        "source": arrival.source,
        "hash": content_hash,
        "body": canonical(keys.sealed_content(arrival.content)),
        "voided": False,
    }
    account = _account(arrival.event, keys)
    if account is not None:
        common["account"] = account
    return {"labels": list(facts.labels), "properties": facts.properties | common}


def _account(event: events.Event, keys: IdentifierKeys) -> str | None:
    """The account of a scan's consumer: of its strongest identifier that the policy does not block."""
    if not isinstance(event, events.GoodsScanned) or event.member is None:
        return None
    if event.member.id is not None:
        return event.member.id
    shown = [plain(each.type, each.value, each.app) for each in event.member.identifiers or []]
    best = strongest([each for each in shown if each is not None])
    return None if best is None else keys.id_of(best)


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


def _identifier_rows(facts: Mapping[str, Facts], keys: IdentifierKeys) -> list[Row]:
    rows: dict[tuple[str, int, str], Row] = {}
    for event, fact in facts.items():
        for number, identifiers in enumerate(fact.identifiers):
            for identifier in identifiers:
                compared = plain(identifier.type, identifier.value, identifier.app)
                if compared is None:
                    continue
                identifier_id = keys.id_of(compared)
                rows[event, number, identifier_id] = {
                    "event": event,
                    "list": number,
                    "identifier": identifier_id,
                    "type": compared.type,
                    "app": compared.app,
                    "sealed": keys.seal(compared.value),
                }
    return list(rows.values())
