"""The pets of members, and what was done for them at stores."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph_service.graph.driver import Transaction


class Care(NamedTuple):
    """Something that a store did for a pet; `at` in microseconds; the note is sealed."""

    at: int
    event: str
    service: str
    store: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Pet:
    """A pet, as its latest registration tells, and its care, the latest first; its name is sealed."""

    id: str
    species: str
    breed: str | None
    born_on: str | None
    name: str | None
    cares: Sequence[Care]


async def pets_of(transaction: Transaction, owners: Mapping[str, str]) -> Mapping[str, Sequence[Pet]]:
    """The pets of members, in the order of ids; a pet belongs to whoever registered it last.

    Args:
        transaction: to read in.
        owners: the member of each account.
    """
    found: dict[str, dict[str, Pet]] = defaultdict(dict)
    for row in await transaction.rows_of("members/pets_of", sorted(owners)):
        _, _, account, body = max(row["registrations"])
        if owners.get(account) != owners[row["account"]]:
            continue
        said = json.loads(body)["pet"]
        cares = sorted((_care(care) for care in row["cares"]), reverse=True)
        pet = Pet(row["pet"], said["species"], said.get("breed"), said.get("bornOn"), _sealed(said.get("name")), cares)
        found[owners[account]][pet.id] = pet
    return {owner: [pets[one] for one in sorted(pets)] for owner, pets in found.items()}


def _care(told: Sequence[Any]) -> Care:
    at, event, service, store, body = told
    return Care(at, event, service, store, _sealed(json.loads(body).get("note")))


def _sealed(told: object) -> str | None:
    """A text of an event's body, sealed; None where there is none, or where a leaving erased it."""
    return told.get("sealed") if isinstance(told, dict) else None
