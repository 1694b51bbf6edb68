"""Caps, budgets, holds and rounding at settlement, case by case, in the reference model (`contract/rules.md`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.model import World
from tests.model.cast import commissioned, linked, party, product
from tests.model.log import Event

Body = dict[str, Any]
Told = tuple[Any, ...]
START = datetime.fromisoformat("2026-06-01T00:00:00+08:00")
LONG_AGO = "2026-01-01T00:00:00+08:00"
STORE, CONSUMER = {"role": "STORE", "fen": 100}, {"role": "CONSUMER", "fen": 10}


def at(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


DAY = 24 * 60


def beginning() -> list[Event]:
    bodies = [
        party("F", "BRAND"),
        party("S1", "STORE"),
        party("S2", "STORE"),
        linked("SUPPLIES", "F", "S1"),
        product("CAT", "F", priceFen=333),
        commissioned("CAT", "B1", "UNIT", "F", range={"first": "U00", "last": "U99"}),
    ]
    return [{"id": f"a{n}", "at": LONG_AGO, **body} for n, body in enumerate(bodies)]


def rule(version: int = 1, pay: list[Body] | None = None, **more: Any) -> Event:
    said = {"id": "r", "version": version, "brand": "F", "trigger": "CONSUMER_SCAN", "from": LONG_AGO, **more}
    return {"id": f"rule{version}", "at": LONG_AGO, "type": "rule.published", "rule": said | {"pay": pay or [STORE]}}


def scan(n: int, minutes: int, store: str = "S1", member: str | None = None, **more: Any) -> list[Event]:
    """A unit of its own, received a day before."""
    received = {
        "id": f"in{n:02}",
        "at": at(minutes - DAY),
        "type": "goods.received",
        "codes": [f"U{n:02}"],
        "party": store,
    }
    who = {"identifiers": [{"type": "WECHAT_OPENID", "app": "mini", "value": member or f"m{n}"}]}
    scanned = {"id": f"s{n:02}", "at": at(minutes), "type": "goods.scanned", "code": f"U{n:02}", "member": who, **more}
    return [received, scanned]


def told(*events: Any, role: str | None = "STORE") -> list[Told]:
    """What scans of the log paid, in order of time; without a role, to whom."""
    log = [*beginning(), *(one for each in events for one in (each if isinstance(each, list) else [each]))]
    return [
        (one.trigger, *(() if role else (one.role,)), one.status, one.amount_fen, one.reason)
        for one in World(log).decisions()
        if role in {None, one.role} and one.rule == "r"
    ]


def cap(per: str, limit: int, **more: Any) -> dict[str, Any]:
    return {"caps": [{"role": "STORE", "per": per, "limitFen": limit, **more}]}


def test_a_cap_of_a_day_truncates_then_is_reached_and_the_next_business_day_begins_anew() -> None:
    scans = [scan(n, minutes) for n, minutes in enumerate([60, 120, 180, DAY - 1, DAY])]
    assert told(rule(**cap("DAY", 150)), *scans) == [
        ("s00", "ACCRUED", 100, None),
        ("s01", "ACCRUED", 50, "cap_truncated"),
        ("s02", "REJECTED", 0, "cap_reached"),
        ("s03", "REJECTED", 0, "cap_reached"),
        ("s04", "ACCRUED", 100, None),
    ]


def test_a_cap_that_rejects_is_closed_to_everything_later_smaller_amounts_included() -> None:
    small = rule(2, pay=[{"role": "STORE", "fen": 10}], **cap("DAY", 150, onExceed="REJECT")) | {"at": at(150)}
    events = [rule(**cap("DAY", 150, onExceed="REJECT")), small, scan(0, 60), scan(1, 120), scan(2, 180)]
    assert told(*events) == [
        ("s00", "ACCRUED", 100, None),
        ("s01", "REJECTED", 0, "cap_reached"),
        ("s02", "REJECTED", 0, "cap_reached"),
    ]


def test_caps_are_of_a_payee_and_day_of_a_payee_in_all_or_of_all_together() -> None:
    scans = [scan(0, 60), scan(1, 70, "S2"), scan(2, DAY), scan(3, DAY + 10, "S2")]

    def paid(per: str) -> list[int]:
        return [fen for _, _, fen, _ in told(rule(**cap(per, 150)), *scans)]

    assert paid("DAY") == [100, 100, 100, 100]
    assert paid("PERIOD") == [100, 100, 50, 50]
    assert paid("RULE") == [100, 50, 0, 0]


def test_a_cap_counts_over_all_versions_of_a_rule() -> None:
    second = rule(2, **cap("PERIOD", 150)) | {"at": at(100)}
    assert told(rule(**cap("PERIOD", 150)), second, scan(0, 60), scan(1, 120))[1] == (
        "s01",
        "ACCRUED",
        50,
        "cap_truncated",
    )


def test_an_amount_that_just_fits_leaves_a_cap_open() -> None:
    pay = [{"role": "STORE", "fen": 0}]
    second = rule(2, pay=pay, **cap("DAY", 200)) | {"at": at(150)}
    events = [rule(**cap("DAY", 200)), second, scan(0, 60), scan(1, 120), scan(2, 180)]
    assert told(*events)[1:] == [("s01", "ACCRUED", 100, None), ("s02", "ACCRUED", 0, None)]


def test_points_follow_whole_if_truncated_and_none_if_rejected() -> None:
    pay = [STORE, {"role": "STORE", "points": 7}]
    log = [*beginning(), rule(pay=pay, **cap("DAY", 150)), *(one for n in range(3) for one in scan(n, 60 + n))]
    assert [(one.amount_fen, one.points) for one in World(log).decisions() if one.role == "STORE"] == [
        (100, 7),
        (50, 7),
        (0, 0),
    ]


def test_the_caps_of_a_member_are_one_for_all_its_accounts() -> None:
    phone = {"type": "PHONE", "value": "13800138000"}
    openid = {"type": "WECHAT_OPENID", "app": "mini", "value": "m0"}
    met = {"id": "met", "at": at(0), "type": "member.identified", "identifiers": [phone, openid]}
    by_phone = scan(1, 120)
    by_phone[1]["member"] = {"identifiers": [phone]}
    capped = rule(pay=[CONSUMER], caps=[{"per": "DAY", "limitFen": 15}])
    assert [fen for _, _, fen, _ in told(capped, scan(0, 60), by_phone, role="CONSUMER")] == [10, 10]
    assert [fen for _, _, fen, _ in told(capped, met, scan(0, 60), by_phone, role="CONSUMER")] == [10, 5]


def test_a_budget_takes_all_entries_of_an_event_or_none_and_is_closed_then() -> None:
    budget = rule(pay=[STORE, CONSUMER], budgetFen=225)
    cheap = rule(2, pay=[CONSUMER], budgetFen=225) | {"at": at(200)}
    assert told(budget, cheap, *(scan(n, 60 * n + 60) for n in range(4)), role=None) == [
        ("s00", "STORE", "ACCRUED", 100, None),
        ("s00", "CONSUMER", "ACCRUED", 10, None),
        ("s01", "STORE", "ACCRUED", 100, None),
        ("s01", "CONSUMER", "ACCRUED", 10, None),
        ("s02", "STORE", "REJECTED", 0, "budget_exhausted"),
        ("s02", "CONSUMER", "REJECTED", 0, "budget_exhausted"),
        ("s03", "CONSUMER", "REJECTED", 0, "budget_exhausted"),
    ]


def test_a_budget_shares_out_what_is_left_by_largest_remainder() -> None:
    budget = rule(pay=[STORE, CONSUMER, {"role": "CONSUMER", "points": 3}], budgetFen=115, onInsufficient="PRORATA")
    assert told(budget, *(scan(n, 60 * n + 60) for n in range(3)), role=None) == [
        ("s00", "STORE", "ACCRUED", 100, None),
        ("s00", "CONSUMER", "ACCRUED", 10, None),
        ("s01", "STORE", "ACCRUED", 5, "budget_prorated"),  # 5 · 100/110 = 4.55, 5 · 10/110 = 0.45
        ("s01", "CONSUMER", "ACCRUED", 0, "budget_prorated"),
        ("s02", "STORE", "REJECTED", 0, "budget_exhausted"),
        ("s02", "CONSUMER", "REJECTED", 0, "budget_exhausted"),
    ]


def test_a_budget_that_is_raised_pays_on() -> None:
    more = rule(2, budgetFen=250) | {"at": at(150)}
    assert [fen for _, _, fen, _ in told(rule(budgetFen=150), more, *(scan(n, 60 * n + 60) for n in range(4)))] == [
        100, 0, 100, 0
    ]  # fmt: skip


def test_a_late_event_takes_its_place_in_time_and_a_void_acts_as_if_it_had_never_been() -> None:
    budget, late, void = (
        rule(budgetFen=150),
        scan(1, 30),
        {"id": "v", "type": "event.voided", "voids": "s00", "reason": "?"},
    )
    assert [one[2] for one in told(budget, scan(0, 60), late)] == [100, 0]
    assert told(budget, scan(0, 60), late)[0][0] == "s01"
    assert told(budget, scan(0, 60), scan(2, 90), void | {"at": at(99)}) == [("s02", "ACCRUED", 100, None)]


def test_what_waits_in_suspense_reserves_the_rule_and_the_budget_but_nobodys_cap() -> None:
    unreceived = scan(0, 60)[1:]
    events = [unreceived, scan(1, 120)]
    waits = ("s00", "SUSPENSE", 100, "ownership_unconfirmed")
    assert told(rule(budgetFen=150), *events) == [waits, ("s01", "REJECTED", 0, "budget_exhausted")]
    assert told(rule(**cap("RULE", 150)), *events) == [waits, ("s01", "ACCRUED", 50, "cap_truncated")]
    assert told(rule(**cap("PERIOD", 150)), *events) == [waits, ("s01", "ACCRUED", 100, None)]


VELOCITY: dict[str, Any] = {"holds": [{"measure": "SCANS_PER_DEVICE_AND_STORE", "windowMinutes": 10, "limit": 1}]}


def reviewed(decision: str, minutes: int, scan_id: str = "s01") -> Event:
    review = {"id": "review", "at": at(minutes), "type": "hold.reviewed", "rebate": f"r|{scan_id}|STORE|S1"}
    return review | {"decision": decision, "reason": "looked at"}


def test_too_many_scans_by_a_device_at_a_store_are_held() -> None:
    """In (t - window, t]; another store's and another device's do not count."""
    scans: list[Any] = [
        scan(0, 60, device="d"),
        scan(1, 69, device="d"),
        scan(2, 70, "S2", device="d"),
        scan(3, 71, device="e"),
        scan(4, 79, device="d"),
    ]
    assert [(one[0], one[1], one[3]) for one in told(rule(**VELOCITY), *scans)] == [
        ("s00", "ACCRUED", None),
        ("s01", "HELD", "velocity"),
        ("s02", "ACCRUED", None),
        ("s03", "ACCRUED", None),
        ("s04", "ACCRUED", None),
    ]


def test_a_scan_that_pays_nobody_counts_for_velocity_too() -> None:
    twice: list[Any] = [scan(0, 60, device="d"), {**scan(0, 65, device="d")[1], "id": "again"}, scan(1, 66, device="d")]
    two: dict[str, Any] = {"holds": [VELOCITY["holds"][0] | {"limit": 2}]}
    assert told(rule(**two), *twice)[-1] == ("s01", "HELD", 100, "velocity")


def test_what_is_held_keeps_its_budget_until_it_is_voided_on_review() -> None:
    events = [
        rule(budgetFen=200, **VELOCITY),
        scan(0, 60, device="d"),
        scan(1, 61, device="d"),
        scan(2, 120),
        scan(3, 180),
    ]
    assert told(*events)[1:] == [
        ("s01", "HELD", 100, "velocity"),
        ("s02", "REJECTED", 0, "budget_exhausted"),
        ("s03", "REJECTED", 0, "budget_exhausted"),
    ]
    assert told(*events, reviewed("RELEASE", 150))[1:] == [
        ("s01", "ACCRUED", 100, None),
        ("s02", "REJECTED", 0, "budget_exhausted"),
        ("s03", "REJECTED", 0, "budget_exhausted"),
    ]
    assert told(*events, reviewed("VOID", 150))[1:] == [
        ("s01", "REJECTED", 0, "voided_on_review"),
        ("s02", "REJECTED", 0, "budget_exhausted"),  # the review gives back from its own time on
        ("s03", "ACCRUED", 100, None),
    ]


def test_a_review_gives_nothing_back_to_a_cap_and_concerns_only_what_is_held() -> None:
    held = rule(**(VELOCITY | cap("DAY", 200)))
    events = [held, scan(0, 60, device="d"), scan(1, 61, device="d"), scan(2, 120)]
    assert told(*events, reviewed("VOID", 90))[2] == ("s02", "REJECTED", 0, "cap_reached")
    assert told(*events, reviewed("VOID", 90, "s00"))[0] == ("s00", "ACCRUED", 100, None)


def test_too_many_new_members_on_one_device_and_day_are_held() -> None:
    shared = rule(holds=[{"measure": "NEW_MEMBERS_PER_DEVICE_AND_DAY", "limit": 1}])
    known = {
        "id": "known",
        "at": at(-DAY),
        "type": "member.identified",
        "identifiers": [{"type": "WECHAT_OPENID", "app": "mini", "value": "old"}],
    }
    scans: list[Any] = [
        scan(0, 60, device="d"),
        scan(1, 70, device="d"),
        scan(2, 80, device="d", member="old"),
        scan(3, 90, device="e"),
        scan(4, DAY + 1, device="d"),
    ]
    assert [(one[0], one[1], one[3]) for one in told(shared, known, *scans)] == [
        ("s00", "ACCRUED", None),
        ("s01", "HELD", "device_sharing"),
        ("s02", "ACCRUED", None),
        ("s03", "ACCRUED", None),
        ("s04", "ACCRUED", None),
    ]


def test_rounding_at_settlement_is_the_difference_of_rounded_running_sums_of_a_month() -> None:
    third = rule(pay=[{"role": "STORE", "bps": 50, "base": "GOODS_PRICE"}], roundAt="SETTLEMENT")  # 1.665 fen
    scans = [scan(n, minutes) for n, minutes in enumerate([60, 120, 180, 30 * DAY])]
    assert [fen for _, _, fen, _ in told(third, *scans)] == [1, 2, 1, 1]
    assert [fen for _, _, fen, _ in told(third, scan(0, 60), scan(1, 120, "S2"))] == [1, 1]


def test_what_is_settled_is_never_displaced_by_someone_elses_late_event() -> None:
    def recorded(events: list[Event], minutes: int) -> list[Event]:
        return [one | {"recordedAt": at(minutes)} for one in events]

    closed: Event = {"id": "close", "type": "period.closed", "period": "2026-06", "at": at(30 * DAY)}
    budget = recorded([rule(budgetFen=150)], -DAY)
    early, late = recorded(scan(0, 60), 60), scan(1, 30)
    assert told(budget, early, recorded([closed], 30 * DAY), recorded(late, 31 * DAY)) == [
        ("s01", "REJECTED", 0, "budget_exhausted"),
        ("s00", "SETTLED", 100, None),
    ]
    assert told(budget, early, recorded([closed], 30 * DAY), recorded(late, 70))[0] == ("s01", "SETTLED", 100, None)
