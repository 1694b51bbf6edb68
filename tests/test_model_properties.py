"""What must hold of the reference model itself, whatever the log: it is a function of what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.model import Log, World, cast, logs, scenes, trade_scenes
from tests.model.log import Event
from tests.model.policy import text

# The logs are drawn from many small pools: slow to draw is not slow to check.
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STAMP = "2026-01-01T00:00:00Z"
LONG_AGO = "2025-01-01T00:00:00Z"

any_log = st.one_of(logs.logs(), logs.recorded_logs())


def answers(world: World) -> dict[str, Any]:
    """Everything that anybody could ask, at the start, in the middle and at the end."""
    times = [logs.at(0), logs.at(scenes.DAYS // 2), None]
    return {
        "decisions": sorted(world.decisions(), key=repr),
        "ownerships": [world.ownership(code, at) for code in cast.CODES for at in times],
        "containers": [world.container(code, at) for code in cast.CODES for at in times],
        "items": [world.item(code) for code in cast.CODES],
        "journeys": [world.journey(code) for code in cast.CODES],
        "scans": [world.goods.scan_count(code) for code in [*cast.CODES, *cast.STRANGE_CODES]],
        "members": world.members(),
        "parties": [world.channel.parties.get(party, at) for party in cast.KINDS for at in times],
        "branches": [world.channel.branch(brand, at=at) for brand in cast.BRANDS for at in times],
        "ways": [world.channel.chain_path("F", party, at) for party in cast.KINDS for at in times],
        "upstream": [world.channel.upstream(party, at) for party in cast.KINDS for at in times],
        "territories": [world.channel.territories(party) for party in cast.DISTRIBUTORS],
    }


def void(event_id: str, target: str) -> Event:
    # Recorded before everything else, so that it does not turn the log's clock.
    said = {"type": "event.voided", "voids": target, "reason": "mistaken"}
    return {"id": event_id, "at": logs.at(3), "recordedAt": LONG_AGO, **said}


@few
@given(data=st.data(), log=any_log)
def test_neither_order_nor_repetition_nor_batches_matter(data: st.DataObject, log: list[Event]) -> None:
    arrived = Log()
    verdicts = [arrived.receive(event) for batch in data.draw(logs.deliveries(log)) for event in batch]
    assert verdicts.count("accepted") == len(log)
    assert set(verdicts) <= {"accepted", "duplicate"}
    assert answers(World(arrived.events.values(), STAMP)) == answers(World(log, STAMP))


@few
@given(data=st.data(), log=any_log)
def test_a_voided_event_never_happened(data: st.DataObject, log: list[Event]) -> None:
    event = data.draw(st.sampled_from(log))
    without = [other for other in log if other is not event]
    assert answers(World([*log, void("void", event["id"])], STAMP)) == answers(World(without, STAMP))


@few
@given(data=st.data(), log=any_log)
def test_voiding_a_void_restores(data: st.DataObject, log: list[Event]) -> None:
    event = data.draw(st.sampled_from(log))
    voided_twice = [*log, void("void", event["id"]), void("void of void", "void")]
    assert answers(World(voided_twice, STAMP)) == answers(World(log, STAMP))


@few
@given(log=any_log)
def test_each_item_opens_once_and_each_entry_is_one(log: list[Event]) -> None:
    world = World(log, STAMP)
    opened = [
        world.goods.items.of(scan.body["code"])
        for scan in world.facts
        if scan.type == "goods.scanned" and world.goods.verdicts[scan.id] is None
    ]
    assert len(opened) == len(set(opened))
    decisions = world.decisions()
    assert len(decisions) == len({(one.rule, one.trigger, one.role, one.payee) for one in decisions})
    assert all(one.amount_fen == one.points == 0 for one in decisions if one.status == "REJECTED")


@few
@given(log=trade_scenes.trade_logs(), who=st.sampled_from([*trade_scenes.OPENIDS, *trade_scenes.PHONES]))
def test_a_leaving_changes_no_totals(log: list[Event], who: dict[str, str]) -> None:
    """Whoever leaves goes on under another name, and everybody is paid what they were."""
    seen = {"id": "seen", "at": logs.at(90), "type": "member.identified", "identifiers": [who]}
    left = {"id": "left", "at": logs.at(90), "type": "member.left", "member": {"identifiers": [who]}}
    before, after = World([*log, seen], STAMP), World([*log, seen, left], STAMP)
    gone = {text(one) for one in after.leavings[-1].identifiers}

    renamed = [replace(one, payee="left:left") if one.payee in gone else one for one in before.decisions()]

    assert sorted(renamed, key=repr) == sorted(after.decisions(), key=repr)


def test_the_last_of_a_circle_of_voids_is_in_force() -> None:
    scan: Event = {"id": "scan", "type": "goods.scanned", "at": logs.at(1), "code": "U00"}
    first = {"id": "1", "type": "event.voided", "at": logs.at(1), "voids": "2", "reason": "?"}
    last = {"id": "2", "type": "event.voided", "at": logs.at(2), "voids": "1", "reason": "?"}
    alone = {"id": "3", "type": "event.voided", "at": logs.at(2), "voids": "3", "reason": "?"}
    assert [fact.id for fact in World([scan, first, last]).facts] == ["scan", "2"]
    assert [fact.id for fact in World([scan, alone]).facts] == ["scan", "3"]
