"""What became of a store's appointments: the latest word on each counts, and of two at one time the first holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tests.model.log import Fact, Key, instant

if TYPE_CHECKING:
    from tests.model.world import World


@dataclass(frozen=True)
class Appointment:
    id: str
    starts_at: datetime
    service: str
    since: Key
    """When its place was taken."""
    is_cancelled: bool
    held_by: str | None = None


def appointments(world: World, store: str) -> dict[str, Appointment]:
    told: dict[str, list[Fact]] = {}
    for fact in world.facts:
        if fact.type in {"appointment.booked", "appointment.cancelled"}:
            told.setdefault(fact.body["appointment"], []).append(fact)
    found = [one for id_, said in told.items() if (one := _known(id_, said, store))]
    answer = {}
    for one in found:
        rivals = [
            other for other in found if other.starts_at == one.starts_at and not other.is_cancelled and other is not one
        ]
        first = min(rivals, key=lambda other: other.since, default=None)
        beaten = first is not None and not one.is_cancelled and first.since < one.since
        answer[one.id] = Appointment(
            one.id, one.starts_at, one.service, one.since, one.is_cancelled, first.id if beaten and first else None
        )
    return answer


def _known(id_: str, said: list[Fact], store: str) -> Appointment | None:
    bookings = [fact for fact in said if fact.type == "appointment.booked"]
    if not bookings or bookings[-1].body["store"] != store:
        return None
    latest = bookings[-1]
    since = latest
    # Booked again alike without a break, it keeps its place.
    for fact in reversed(said[: said.index(latest)]):
        if fact.type != "appointment.booked" or _place(fact) != _place(latest):
            break
        since = fact
    return Appointment(id_, _place(latest)[1], latest.body["service"], since.key, said[-1] is not latest)


def _place(fact: Fact) -> tuple[str, datetime]:
    return fact.body["store"], instant(fact.body["startsAt"])
