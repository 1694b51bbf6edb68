"""What is suspicious enough for a person to look at before it is paid."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from tests.model.decision import Decision
from tests.model.identity import Member
from tests.model.log import Fact
from tests.model.policy import account_name, lists_in
from tests.model.rules import Rule

if TYPE_CHECKING:
    from tests.model.world import World

CHINA = timezone(timedelta(hours=8))


def reason(world: World, rule: Rule, fact: Fact) -> str | None:
    """Why all entries of a rule and event are held; the first hold that is exceeded."""
    for hold in rule.body.get("holds") or []:
        if hold["measure"] == "SCANS_PER_DEVICE_AND_STORE":
            if fact.type == "goods.scanned" and scans(world, fact, hold["windowMinutes"]) > hold["limit"]:
                return "velocity"
        elif place_among_new(world, fact) > hold["limit"]:
            return "device_sharing"
    return None


def review_of(world: World, entry: Decision) -> Fact | None:
    """The first one: then nothing is held any more."""
    id_ = world.rebate_id(entry)
    return next((fact for fact in world.facts if fact.type == "hold.reviewed" and fact.body["rebate"] == id_), None)


def device_of(fact: Fact) -> str | None:
    """What an event was done on: `device`, else the first device among its identifiers."""
    if fact.body.get("device"):
        return str(fact.body["device"]).strip()
    lists = [*lists_in(fact.body), *([fact.body[name]] for name in ("a", "b") if isinstance(fact.body.get(name), dict))]
    devices = [one["value"].strip() for shown in lists for one in shown if one["type"] == "DEVICE"]
    return devices[0] if devices else None


def scans(world: World, scan: Fact, minutes: int) -> int:
    """All scans by the device at the store in (t - window, t], valid or not; without either nothing is counted."""
    device, store = device_of(scan), store_of(world, scan)
    if device is None or store is None:
        return 0
    since = scan.at - timedelta(minutes=minutes)
    near = [fact for fact in world.facts if fact.type == "goods.scanned" and since < fact.at <= scan.at]
    return sum(device_of(fact) == device and store_of(world, fact) == store for fact in near)


def store_of(world: World, scan: Fact) -> str | None:
    """The store, or group leader, that owned the goods."""
    return world.ownership(scan.body["code"], before=scan.key).store


def place_among_new(world: World, fact: Fact) -> int:
    """As which new member of its device and day the event's member came; 0 for one who is not new that day."""
    if fact.type == "period.closed":
        return 0
    account = world.account(fact)
    member = next((one for one in world.members() if account in [account_name(each) for each in one.identifiers]), None)
    if member is None:
        return 0
    first = first_event(world, member)
    device, day = device_of(first), day_of(first)
    if device is None or day != day_of(fact):
        return 0
    firsts = [first_event(world, one) for one in world.members()]
    return sum(device_of(one) == device and day_of(one) == day and one.key < first.key for one in firsts) + 1


def first_event(world: World, member: Member) -> Fact:
    """The event that first showed a member."""
    return min((world.identity.evidence.seen[one][0] for one in member.identifiers), key=lambda fact: fact.key)


def day_of(fact: Fact) -> str:
    return fact.at.astimezone(CHINA).date().isoformat()
