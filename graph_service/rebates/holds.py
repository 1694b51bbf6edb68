"""Holds: what is suspicious enough for a person to look at before it is paid.

`SCANS_PER_DEVICE_AND_STORE` counts all scans by the device at the store in (t - window, t], whether they pay or not;
`NEW_MEMBERS_PER_DEVICE_AND_DAY` the members that were first shown on the device on that business day, in the order of
(`at`, `id`). All entries of the rule and event are held.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.rule import Hold
from graph_service.moments import MINUTE
from graph_service.rebates.business_time import day_of, span_of
from graph_service.rebates.decision import Decision
from graph_service.rebates.rulebook import Rulebook

VELOCITY, DEVICE_SHARING = "velocity", "device_sharing"


@dataclass(frozen=True, slots=True)
class Suspect:
    """An event that a rule may hold; `at` is in microseconds.

    Attributes:
        event: its id.
        at: when it happened.
        device: of a scan.
        store: of a scan, that owned the goods.
        account: whose account a consumer's share goes to.
    """

    event: str
    at: int
    device: str | None = None
    store: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class FirstShown:
    """The event that first showed a member, and on what device."""

    member: str
    at: int
    event: str
    device: str | None


@dataclass(slots=True)
class Crowd:
    """What is known of devices.

    Attributes:
        scans: by device and store, when scans happened, in microseconds.
        places: by account, as which new member of its device and day its member came; only of those days.
    """

    scans: Mapping[tuple[str, str], list[int]]
    places: Mapping[str, tuple[str, int]]


def reason_to_hold(holds: Iterable[Hold], one: Suspect, crowd: Crowd) -> str | None:
    """Why an event is held; the first hold that it exceeds."""
    for hold in holds:
        if hold.measure == "SCANS_PER_DEVICE_AND_STORE":
            if one.device is None or one.store is None:
                continue
            since = one.at - (hold.window_minutes or 0) * MINUTE
            if sum(since < at <= one.at for at in crowd.scans.get((one.device, one.store), ())) > hold.limit:
                return VELOCITY
        else:
            day, place = crowd.places.get(one.account or "", ("", 0))
            if day == day_of(one.at) and place > hold.limit:
                return DEVICE_SHARING
    return None


async def fetch_held(
    transaction: Transaction, proposals: Iterable[Decision], suspects: Mapping[str, Suspect], rules: Rulebook
) -> dict[tuple[str, str], str]:
    """Why what rules propose is held, by rule and event."""
    asked: dict[tuple[str, str], list[Hold]] = {}
    for one in proposals:
        limits = rules.limits_of(one.rule)
        if limits is not None and limits.holds and one.status != "REJECTED" and one.trigger in suspects:
            asked[one.rule, one.trigger] = limits.of(one.version).holds
    if not any(asked.values()):
        return {}
    scans = {
        suspects[event]: hold.window_minutes or 0
        for (_, event), holds in asked.items()
        for hold in sorted(holds, key=lambda hold: hold.window_minutes or 0)
        if hold.measure == "SCANS_PER_DEVICE_AND_STORE"
    }
    new = {
        suspects[event]
        for (_, event), holds in asked.items()
        if any(hold.measure == "NEW_MEMBERS_PER_DEVICE_AND_DAY" for hold in holds)
    }
    crowd = Crowd(await _scans(transaction, scans, suspects), await _places(transaction, new))
    reasons = {key: reason_to_hold(holds, suspects[key[1]], crowd) for key, holds in asked.items()}
    return {key: reason for key, reason in reasons.items() if reason is not None}


async def _scans(
    transaction: Transaction, asked: Mapping[Suspect, int], suspects: Mapping[str, Suspect]
) -> dict[tuple[str, str], list[int]]:
    rows = [
        {"device": one.device, "from": one.at - minutes * MINUTE + 1, "to": one.at + 1}
        for one, minutes in asked.items()
        if one.device is not None and one.store is not None
    ]
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in await transaction.rows_of("rebates/scans_on_devices", rows):
        # Of those that are decided now the graph does not know yet whose goods they were.
        store = suspects[row["event"]].store if row["event"] in suspects else row["store"]
        if store is not None:
            found[row["device"], store].append(row["at"])
    return found


async def _places(transaction: Transaction, asked: Iterable[Suspect]) -> dict[str, tuple[str, int]]:
    """As which new member of its device and day each member came, by account, if it came on the day of the event."""
    accounts = {one.account for one in asked if one.account is not None}
    ours = await _first_shown(transaction, accounts)
    crowds = {(one.device, day_of(one.at)) for one in ours.values() if one.device is not None}
    rows: list[Row] = []
    for device, day in sorted(crowds):
        begin, end = span_of(day)
        rows.append({"device": device, "from": begin, "to": end})
    shown = await transaction.rows_of("rebates/shown_on_devices", rows)
    others = await _first_shown(transaction, {row["account"] for row in shown})
    came: dict[tuple[str | None, str], set[FirstShown]] = defaultdict(set)
    for one in (*others.values(), *ours.values()):
        came[one.device, day_of(one.at)].add(one)
    places: dict[str, tuple[str, int]] = {}
    for account, one in ours.items():
        if one.device is not None:
            day = day_of(one.at)
            earlier = {each.member for each in came[one.device, day] if (each.at, each.event) < (one.at, one.event)}
            places[account] = (day, len(earlier) + 1)
    return places


async def _first_shown(transaction: Transaction, accounts: Iterable[str]) -> dict[str, FirstShown]:
    return {
        row["account"]: FirstShown(row["member"], row["at"], row["event"], row["device"])
        for row in await transaction.rows_of("rebates/first_shown", sorted(accounts))
    }


async def with_later_scans(transaction: Transaction, triggers: Iterable[str], rules: Rulebook) -> set[str]:
    """Events, with the scans that follow them on the same device within the longest window of any hold."""
    asked = set(triggers)
    minutes = rules.longest_window
    if minutes:
        rows = await transaction.rows_of("rebates/scans_after", sorted(asked), window=minutes * MINUTE)
        asked |= {row["trigger"] for row in rows}
    return asked
