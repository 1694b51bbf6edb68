"""Everything that is held about a member, for the member: what it is known by, what happened, what it was paid."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from graph_service.attribution.claims import belongings_of
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.members.consent import consents_of
from graph_service.members.identifiers import IdentifierKeys, mask
from graph_service.members.inviting import invitations_of
from graph_service.members.people import Person, people, points_of
from graph_service.moments import now, rfc3339
from graph_service.rebates.nodes import decision_in, entry_in

_INSTANTS = frozenset({"at", "decidedAt", "due", "effectiveAt", "late"})


async def held_about(
    graph: Graph, keys: IdentifierKeys, identifier: str, plain: Mapping[str, str | None]
) -> dict[str, Any] | None:
    """What is held about the member of an identifier, as a JSON value; None where it is nobody's.

    Args:
        graph: to read from.
        keys: to open what events hold.
        identifier: the id of the member, or of one of its identifiers.
        plain: the values of its identifiers by id, unmasked; other people's stay masked.
    """
    return await graph.read(lambda transaction: _held(transaction, keys, identifier, plain), graph.latest_bookmarks())


async def _held(
    transaction: Transaction, keys: IdentifierKeys, identifier: str, plain: Mapping[str, str | None]
) -> dict[str, Any] | None:
    person = (await people(transaction, [identifier])).get(identifier)
    if person is None:
        return None
    (belongs,), (points,) = await belongings_of(transaction, [person]), await points_of(transaction, [person])
    (invited,), (consents,) = await invitations_of(transaction, [person]), await consents_of(transaction, [person])
    store, inviter = (belongs.claim.store if belongs else None), (invited.member if invited else None)
    events = await transaction.rows_of("members/held_events", person.ids)
    pets = {row["pet"] for row in events if row["pet"] is not None}
    events += await transaction.rows_of("members/care_of", sorted(pets))
    paid = await transaction.rows_of("members/paid_to", person.ids)
    return {
        "member": person.id,
        "formerIds": person.ids,
        "exportedAt": rfc3339(now()),
        "identifiers": _identifiers(person, keys, plain),
        "store": store,
        "inviter": None if inviter is None else inviter.id,
        "points": points,
        "consents": [
            {"purpose": one.purpose, "given": one.is_given, "since": rfc3339(one.since), "event": one.event}
            for one in consents
        ],
        "events": [_event(row, keys, plain.keys()) for row in sorted(events, key=_in_time)],
        "rebates": [_told(one) for row in paid for one in map(decision_in, row["decisions"])],
        "journal": [_told(one) for row in paid for one in map(entry_in, row["entries"])],
    }


def _in_time(row: Row) -> tuple[int, str]:
    return row["at"], row["event"]


def _identifiers(person: Person, keys: IdentifierKeys, plain: Mapping[str, str | None]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "type": one.type,
            "app": one.app,
            "value": plain[one.id] if one.id in plain else keys.masked(one.sealed),
            "since": rfc3339(one.since),
            "lastSeen": rfc3339(one.last_seen),
        }
        for one in person.identifiers
    ]


def _event(row: Row, keys: IdentifierKeys, own: Collection[str]) -> dict[str, Any]:
    content: dict[str, Any] = opened(json.loads(row["body"]), own, keys)
    return content | {"recordedAt": rfc3339(row["recordedAt"])} | ({"voided": True} if row["voided"] else {})


def _told(properties: Row) -> dict[str, Any]:
    return {key: rfc3339(value) if key in _INSTANTS else value for key, value in sorted(properties.items())}


def opened(content: Any, own: Collection[str], keys: IdentifierKeys) -> Any:
    """The content of an event as it was sent, but for identifiers of others, which are masked."""
    match content:
        case {"type": str(kind), "sealed": str(sealed)}:
            value = keys.open(sealed)
            is_own = keys.id_of_sealed(kind, content.get("app"), sealed) in own
            rest = {key: one for key, one in content.items() if key != "sealed"}
            return rest | {"value": value if is_own else mask(value)}
        case {"sealed": str(sealed)}:
            return keys.open(sealed)
        case dict():
            return {key: opened(value, own, keys) for key, value in content.items()}
        case list():
            return [opened(value, own, keys) for value in content]
        case _:
            return content
