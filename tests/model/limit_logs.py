"""Logs for Hypothesis in which limits bind: few stores, members and devices, and amounts that just do not fit."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.model import cast
from tests.model.cast import Body
from tests.model.log import Event

START = datetime.fromisoformat("2025-06-28T00:00:00+08:00")
LONG_AGO = "2025-01-01T00:00:00+08:00"
HOURS = 6 * 24
STORES = ["S1", "S2"]
ROLES = ["STORE", "CONSUMER"]
VALUES = ["m0", "m1", "m2"]
PHONE = {"type": "PHONE", "value": "13800138000"}


def at(hour: int) -> str:
    return (START + timedelta(hours=hour)).isoformat()


def openid(value: str) -> dict[str, str]:
    return {"type": "WECHAT_OPENID", "app": "mini", "value": value}


OPENING: list[Body] = [
    cast.party("F", "BRAND"),
    cast.party("D1", "DISTRIBUTOR"),
    *(cast.party(store, "STORE") for store in STORES),
    cast.linked("SUPPLIES", "F", "D1"),
    *(cast.linked("SUPPLIES", "D1", store) for store in STORES),
    cast.product("CAT", "F", priceFen=3_333),
    cast.commissioned("CAT", "B1", "UNIT", "F", range={"first": "U00", "last": "U39"}),
]

amounts = st.one_of(
    st.builds(lambda role, fen: {"role": role, "fen": fen}, st.sampled_from(ROLES), st.sampled_from([0, 30, 100])),
    st.just({"role": "DISTRIBUTOR", "fen": 20}),
    st.just({"role": "STORE", "points": 5}),
    st.just({"role": "STORE", "bps": 125, "base": "GOODS_PRICE"}),
)  # fmt: skip
caps = st.fixed_dictionaries(
    {"per": st.sampled_from(["DAY", "DAY", "PERIOD", "RULE"]), "limitFen": st.sampled_from([0, 50, 150, 220])},
    optional={
        "role": st.sampled_from(["STORE", "CONSUMER"]),
        "onExceed": st.sampled_from(["TRUNCATE", "REJECT"]),
    },
)
holds = st.one_of(
    st.builds(
        lambda limit, minutes: {"measure": "SCANS_PER_DEVICE_AND_STORE", "windowMinutes": minutes, "limit": limit},
        st.integers(0, 2),
        st.sampled_from([60, 600]),
    ),
    st.builds(lambda limit: {"measure": "NEW_MEMBERS_PER_DEVICE_AND_DAY", "limit": limit}, st.integers(0, 1)),
)


@st.composite
def rules(draw: st.DrawFn, version: int) -> Body:
    rule: Body = {
        "id": "r",
        "version": version,
        "brand": "F",
        "trigger": "CONSUMER_SCAN",
        "from": LONG_AGO if version == 1 else at(draw(st.integers(0, HOURS))),
        "retroactive": {"by": "F", "reason": "late papers"},
        "pay": [{"role": "STORE", "fen": 100}, *draw(st.lists(amounts, max_size=3))],
        "caps": draw(st.lists(caps, max_size=2)),
    }
    if draw(st.booleans()):
        rule["budgetFen"] = draw(st.sampled_from([150, 330, 500]))
        rule["onInsufficient"] = draw(st.sampled_from(["REJECT_EVENT", "PRORATA"]))
    if draw(st.integers(0, 2)) == 0:
        rule["holds"] = draw(st.lists(holds, min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        rule["roundAt"] = "SETTLEMENT"
        rule["rounding"] = draw(st.sampled_from(["FLOOR", "HALF_UP"]))
    if draw(st.integers(0, 3)) == 0:
        rule["lateBindingDays"] = draw(st.sampled_from([0, 3]))
    return {"type": "rule.published", "rule": rule}


@st.composite
def orders(draw: st.DrawFn) -> list[tuple[str, int, Body]]:
    """Orders of one store under a rule with limits, some of them paid back."""
    hours = st.integers(0, HOURS)
    placed = draw(st.integers(0, 5))
    if not placed:
        return []
    rule: Body = {"id": "o", "version": 1, "brand": "F", "trigger": "ORDER", "from": LONG_AGO}
    rule["retroactive"] = {"by": "F", "reason": "late papers"}
    rule["rounding"] = draw(st.sampled_from(["FLOOR", "HALF_UP"]))
    rule["pay"] = [{"role": "STORE", "bps": 1_000, "base": "NET_PAID"}, {"role": "CONSUMER", "points": 7}]
    rule["caps"] = draw(st.lists(caps, max_size=1))
    if draw(st.booleans()):
        rule["budgetFen"] = draw(st.sampled_from([100, 150, 240]))
        rule["onInsufficient"] = draw(st.sampled_from(["REJECT_EVENT", "PRORATA"]))
    if draw(st.booleans()):
        rule["roundAt"] = "SETTLEMENT"
    found: list[tuple[str, int, Body]] = [("rule-o", -600, {"type": "rule.published", "rule": rule})]
    for n in range(placed):
        nets = draw(st.lists(st.sampled_from([0, 333, 999]), min_size=1, max_size=3))
        lines = [{"line": str(i), "sku": "CAT", "quantity": 3, "netFen": net} for i, net in enumerate(nets)]
        said = {"type": "order.placed", "order": f"O{n}", "channel": "POS", "store": "S1", "paidFen": sum(nets)}
        member = {"identifiers": [openid(draw(st.sampled_from(VALUES)))]}
        found.append((f"o{n}", draw(hours), {**said, "member": member, "lines": lines}))
    for n in range(draw(st.integers(0, 4))):
        parts = [{}, {"quantity": 1}, {"netFen": 100}, {"quantity": 2}]
        lines = [{"line": str(draw(st.integers(0, 2))), **draw(st.sampled_from(parts))}]
        back = draw(st.sampled_from([{}, {"lines": lines}]))
        order = f"O{draw(st.integers(0, placed - 1))}"
        found.append((f"back{n}", draw(hours), {"type": "order.refunded", "order": order, **back}))
    return found


@st.composite
def limit_logs(draw: st.DrawFn, size: int = 12, merges: bool = True) -> tuple[list[Event], list[tuple[str, str, str]]]:
    """Events, each with its `recordedAt`; and what reviews are about: their ids, scans and roles.

    A review names its decision by an id that only the service and the model know; whoever uses the log fills it in.
    """
    # In half a day much comes behind what is late; over days, whole days do.
    hours = st.integers(0, draw(st.sampled_from([12, HOURS])))
    happened: list[tuple[str, int, Body]] = [(f"a{n}", -600, body) for n, body in enumerate(OPENING)]
    happened += [("rule1", draw(st.sampled_from([-600, 10])), draw(rules(1)))]
    if draw(st.integers(0, 2)) == 0:
        happened += [("rule2", draw(hours), draw(rules(2)))]
    scans = draw(st.integers(4, size))
    for n in range(scans):
        hour, store = draw(hours), draw(st.sampled_from([*STORES, "S1"]))
        shown = [openid(draw(st.sampled_from(VALUES)))] + ([PHONE] if merges and draw(st.integers(0, 3)) == 0 else [])
        device = draw(st.sampled_from([{}, {"device": "d0"}, {"device": "d1"}]))
        scan: Body = {"type": "goods.scanned", "code": f"U{n:02}", "member": {"identifiers": shown}, **device}
        happened.append((f"s{n:02}", hour, scan))
        if draw(st.integers(0, 5)):
            happened.append((f"in{n:02}", hour - 24, {"type": "goods.received", "codes": [f"U{n:02}"], "party": store}))
    happened += draw(orders())
    if merges and draw(st.booleans()):
        happened.append(("met", draw(hours), {"type": "member.identified", "identifiers": [PHONE, openid("m0")]}))
    about = []
    for n in range(draw(st.integers(0, 3))):
        scan_id, role = f"s{draw(st.integers(0, scans - 1)):02}", draw(st.sampled_from(["STORE", "CONSUMER"]))
        about.append((f"look{n}", scan_id, role))
        decided = {"decision": draw(st.sampled_from(["RELEASE", "VOID"])), "reason": "looked at"}
        happened.append((f"look{n}", draw(hours), {"type": "hold.reviewed", **decided}))
    for n in range(draw(st.integers(0, 2))):
        closed = {"type": "period.closed", "period": draw(st.sampled_from(["2025-06", "2025-07"]))}
        happened.append((f"close{n}", draw(hours), closed))
    for n, target in enumerate(draw(st.lists(st.sampled_from([id_ for id_, _, _ in happened]), max_size=2))):
        happened.append((f"void{n}", HOURS, {"type": "event.voided", "voids": target, "reason": "mistaken"}))
    delays = st.sampled_from([0, 0, 0, 30, 90])
    return [
        {"id": id_, "at": at(hour), "recordedAt": at(hour + draw(delays)), **body} for id_, hour, body in happened
    ], about
