"""Appointments of a store: what holds, what stands against it, and what was cancelled.

The latest word on an appointment counts: a cancellation ends it, a later booking moves it or opens it again. Of two at
one store and time the one that was booked there first holds, by (`at`, `id`); the other is a conflict, for people to
settle, and holds as soon as the first is cancelled, moved or voided. All of it is decided on reading, so it does not
matter when and in which order the events came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from graph_service.graph.driver import Transaction

BOOKED = "appointment.booked"

Status = Literal["HOLDS", "CONFLICT", "CANCELLED"]


class Word(NamedTuple):
    """A booking or a cancellation, in the order of history; times in microseconds."""

    at: int
    event: str
    type: str
    account: str | None
    store: str
    starts_at: int
    service: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """What became of an appointment.

    Attributes:
        id: of the appointment.
        booked: the booking that counts.
        since: when and by which event its place was taken: the first of several alike.
        status: of it.
        held_by: the appointment that holds its place, where it is a conflict.
        cancelled_by: the event that cancelled it.
    """

    id: str
    booked: Word
    since: tuple[int, str]
    status: Status = "HOLDS"
    held_by: str | None = None
    cancelled_by: str | None = None


def appointments(words: Iterable[tuple[str, Sequence[Word]]]) -> list[Appointment]:
    """Appointments in the order of their times; at one time the one that holds comes first.

    Args:
        words: by appointment all that was said of it; all appointments at their stores and times must be among them.
    """
    taken: dict[tuple[str, int], list[Appointment]] = {}
    for appointment, said in words:
        known = _known(appointment, sorted(said))
        if known is not None:
            taken.setdefault((known.booked.store, known.booked.starts_at), []).append(known)
    found: list[Appointment] = []
    for (_, _), several in sorted(taken.items(), key=lambda one: (one[0][1], one[0][0])):
        waiting = sorted((one for one in several if one.cancelled_by is None), key=lambda one: (one.since, one.id))
        found += waiting[:1]
        found += [_against(one, waiting[0].id) for one in waiting[1:]]
        found += sorted((one for one in several if one.cancelled_by is not None), key=lambda one: (one.since, one.id))
    return found


def _known(appointment: str, said: Sequence[Word]) -> Appointment | None:
    """What the words say together; None for one that was never booked."""
    booked: Word | None = None
    since = (0, "")
    cancelled: str | None = None
    for word in said:
        if word.type != BOOKED:
            cancelled = word.event
            continue
        moved = booked is None or (word.store, word.starts_at) != (booked.store, booked.starts_at)
        if moved or cancelled is not None:
            since = (word.at, word.event)
        booked, cancelled = word, None
    if booked is None:
        return None
    status: Status = "HOLDS" if cancelled is None else "CANCELLED"
    return Appointment(appointment, booked, since, status, cancelled_by=cancelled)


def _against(one: Appointment, holder: str) -> Appointment:
    return Appointment(one.id, one.booked, one.since, "CONFLICT", held_by=holder)


async def appointments_at(transaction: Transaction, store: str, since: int, until: int) -> list[Appointment]:
    """The appointments of a store from an instant on and before another (microseconds), in the order of their times."""
    rows = await transaction.run("members/appointments_at", store=store, **{"from": since, "until": until})
    found = appointments((row["appointment"], [Word(*word) for word in row["facts"]]) for row in rows)
    return [one for one in found if one.booked.store == store and since <= one.booked.starts_at < until]
