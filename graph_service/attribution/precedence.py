"""Which store a member belongs to, by precedence: the rule that pays.

The member's own choice goes before a registration, that before a redemption or a care visit, and that before the goods
scanned last; of one kind the latest counts, and each lasts a hundred and eighty days.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph_service.moments import DAY

Position = tuple[int, str]

WINDOW = 180 * DAY
"""How long a claim lasts, in microseconds."""

CHOSEN, REGISTERED, VISITED, SCANNED = range(4)
BASES = ("CHOSEN", "REGISTERED", "VISITED", "SCANNED")
"""What a claim rests on, the strongest first."""

_LAST_ID = "\U0010ffff"


class Claim(NamedTuple):
    """What says that a member belongs to a store.

    Attributes:
        rank: of its kind; the smaller the stronger.
        at: when, in microseconds.
        event: that says it.
        store: id of the store or group leader.
    """

    rank: int
    at: int
    event: str
    store: str


class Belonging(NamedTuple):
    """Where a member belongs: the claim that counts, and since when it is that store without a break."""

    claim: Claim
    since: int


def claim_before(claims: Iterable[Claim], position: Position) -> Claim | None:
    """The claim that counts just before a position in history."""
    lasting = (one for one in claims if (one.at, one.event) < position and position[0] < one.at + WINDOW)
    return max(lasting, key=lambda one: (-one.rank, one.at, one.event), default=None)


def belonging(claims: Sequence[Claim]) -> Belonging | None:
    """Where a member belongs since it was last heard of; None where nothing was ever heard."""
    now = max((one.at for one in claims), default=None)
    claim = None if now is None else claim_before(claims, (now, _LAST_ID))
    if now is None or claim is None:
        return None
    since = now
    moments = {moment for one in claims for moment in (one.at, one.at + WINDOW) if moment <= now}
    for moment in sorted(moments, reverse=True):
        then = claim_before(claims, (moment, _LAST_ID))
        if then is None or then.store != claim.store:
            break
        since = moment
    return Belonging(claim, since)
