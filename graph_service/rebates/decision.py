"""Decisions: who is paid what for an event, or why nothing.

How they are stored, alone or beside the entries that book them, is told in `nodes.py`.
"""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph_service.rebates.limits import Reservation

NO_RULE = "NONE"
NO_ROLE = "NONE"
ACCOUNT_ROLES = frozenset({"CONSUMER", "INVITER", "INVITER_2", "INVITEE"})
"""Roles that are paid into the account of an identifier; their caps are those of its member."""

_ID_BYTES = 15


@dataclass(frozen=True)
class Decision:
    """What the facts say should be paid; derived, never booked by itself (that is the journal).

    Attributes:
        rule: id of the rule, or `NONE` when the event as a whole pays nothing.
        version: of the rule.
        trigger: id of the event.
        role: who is paid, as in the rule.
        payee: id of the party, or of the identifier whose account it is; None while unknown.
        status: `ACCRUED`, `HELD`, `SUSPENSE`, `REJECTED` or, of what a refund takes back, `REVERSED`; that an accrued
            one is settled shows only beside the journal.
        amount_fen: what is paid, or while in suspense what would be.
        points: the same in points.
        reason: why nothing, or why it waits.
        due: when a waiting decision is closed, in microseconds.
        exact: the amount before rounding, in ten-thousandths of a fen, where the rule rounds at settlement.
        lines: of an order, those that the entry is for, each with its `netFen`, in declared order.
        cause: of a reversal, the refund that demands it.
        effective_at: of a reversal, when the refund happened, in microseconds.
        reverses: of a reversal, the id of the decision that it takes back.
        reservation: what limits made of it, where the order of events matters.
    """

    rule: str
    version: int
    trigger: str
    role: str
    payee: str | None
    status: str
    amount_fen: int = 0
    points: int = 0
    reason: str | None = None
    due: int | None = None
    exact: int | None = None
    lines: tuple[tuple[str, int], ...] = ()
    cause: str | None = None
    effective_at: int | None = None
    reverses: str | None = None
    reservation: "Reservation | None" = field(default=None, compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """A function of its identity: rule, trigger, role, payee, and the refund where one takes something back."""
        return decision_id(self.rule, self.trigger, self.role, self.payee, self.cause)

    def passed(
        self, reservation: "Reservation", status: str, amount_fen: int, points: int, reason: str | None
    ) -> "Decision":
        """The same decision after limits; its identity stays, and with it the id, which takes a while to find."""
        after = object.__new__(Decision)
        said = {"status": status, "amount_fen": amount_fen, "points": points, "reason": reason}
        after.__dict__.update(self.__dict__, reservation=reservation, **said)
        return after


def decision_id(rule: str, trigger: str, role: str, payee: str | None, cause: str | None = None) -> str:
    """The id of a decision with this identity."""
    parts = [rule, trigger, role, payee, *([] if cause is None else [cause])]
    # What `json.dumps` says, at less cost: every decision asks for it.
    identity = f"[{', '.join('null' if part is None else encode_basestring(part) for part in parts)}]"
    digest = hashlib.blake2b(identity.encode(), digest_size=_ID_BYTES).digest()
    return "R" + base64.b32encode(digest).decode()


def by_trigger(decisions: Iterable[Decision]) -> Mapping[str, list[Decision]]:
    """Decisions by the event that they are on."""
    found: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        found[one.trigger].append(one)
    return found


def nothing(trigger: str, reason: str) -> Decision:
    """The one decision of an event that pays nothing as a whole."""
    return Decision(NO_RULE, 0, trigger, NO_ROLE, None, "REJECTED", reason=reason)


def added(parts: Sequence[Decision]) -> Decision:
    """One entry of several for the same rule, trigger, role and payee: what each of them pays, together."""
    return replace(
        parts[0],
        amount_fen=sum(part.amount_fen for part in parts),
        points=sum(part.points for part in parts),
        exact=None if parts[0].exact is None else sum(part.exact or 0 for part in parts),
    )
