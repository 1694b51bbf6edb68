"""Small, nasty logs for Hypothesis: valid events of the contract, ready for JSON, in no particular order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from tests.model import cast, limit_logs, people, scenes
from tests.model.cast import Body
from tests.model.log import Event

FIRST_DAY = datetime(2025, 3, 1, tzinfo=timezone(timedelta(hours=8)))
# By code point Z < a < b < Ａ < 😀; other orders (collation, UTF-16) would have it differently.
ID_BEGINNINGS = ["a", "a", "b", "Z", "Ａ", "😀"]
DELAYS = [timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=9)]

SCAN_ROLES = ["CONSUMER", "STORE", "DISTRIBUTOR", "SALESPERSON", "CLERK", "GROUP_LEADER"]
RECEIPT_ROLES = ["STORE", "DISTRIBUTOR", "SALESPERSON"]
RULES = ["scan-a", "scan-b", "scan-c", "stocking"]


def at(day: int) -> str:
    return (FIRST_DAY + timedelta(days=day)).isoformat()


def pays(roles: list[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    amounts = st.one_of(
        st.builds(lambda fen: {"fen": fen}, st.sampled_from([0, 7, 100])),
        st.builds(lambda points: {"points": points}, st.sampled_from([1, 10])),
        st.builds(lambda bps: {"bps": bps, "base": "GOODS_PRICE"}, st.sampled_from([0, 125, 10_001])),
    )
    lines = st.builds(lambda role, amount: {"role": role, **amount}, st.sampled_from(roles), amounts)
    return st.one_of(st.just(everyone(roles)), st.lists(lines, min_size=1, max_size=5))


def pools(roles: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    shares = st.builds(lambda role, weight: {"role": role, "weight": weight}, st.sampled_from(roles), st.integers(1, 3))
    return st.fixed_dictionaries(
        {
            "bps": st.sampled_from([7, 300]),
            "base": st.just("GOODS_PRICE"),
            "split": st.lists(shares, min_size=1, max_size=4),
        },
        optional={"rounding": st.sampled_from(["FLOOR", "HALF_UP"])},
    )


def everyone(roles: list[str]) -> list[dict[str, Any]]:
    return [{"role": role, "fen": 10 * (n + 1)} for n, role in enumerate(roles)]


@st.composite
def rules(draw: st.DrawFn, late_binding_days: list[int | None]) -> Body:
    id_ = draw(st.sampled_from(RULES))
    scanning = id_ != "stocking"
    start = draw(st.sampled_from([-1, -1, 0, 1, 3, 5]))
    rule: Body = {
        "id": id_,
        "version": draw(st.integers(1, 3)),
        "brand": draw(st.sampled_from(["F"] * 5 + ["G"])),
        "trigger": "CONSUMER_SCAN" if scanning else "STORE_RECEIPT",
        "from": at(start),
        "pay": draw(pays(SCAN_ROLES if scanning else RECEIPT_ROLES)),
    }
    scopes: dict[str, st.SearchStrategy[Any]] = {
        "skus": scenes.skus,
        "batches": scenes.some(cast.BATCHES, 1),
        "regions": scenes.some(cast.REGIONS, 2),
        "storeTiers": st.just(["gold"]),
    }
    if scanning:
        scopes |= {"channels": st.just(["STORE"]), "campaigns": st.just(["spring"])}
        if draw(st.booleans()):
            rule["onRegionMismatch"] = "PAY_CONSUMER_ONLY"
        days = draw(st.sampled_from(late_binding_days))
        if days is not None:
            rule["lateBindingDays"] = days
    if draw(st.integers(0, 2)) == 0:
        key = draw(st.sampled_from(sorted(scopes)))
        rule["scope"] = {key: draw(scopes[key])} | ({"skus": []} if key != "skus" else {})
    if draw(st.integers(0, 3)) == 0:
        rule["pool"] = draw(pools(SCAN_ROLES if scanning else RECEIPT_ROLES))
    if draw(st.integers(0, 3)) == 0:
        rule["rounding"] = draw(st.sampled_from(["FLOOR", "HALF_UP"]))
    if draw(st.integers(0, 3)) == 0:
        rule["caps"] = draw(st.lists(limit_logs.caps, min_size=1, max_size=2))
    if draw(st.integers(0, 4)) == 0:
        rule["budgetFen"] = draw(st.sampled_from([50, 170]))
        rule["onInsufficient"] = draw(st.sampled_from(["REJECT_EVENT", "PRORATA"]))
    if draw(st.booleans()):
        rule["group"] = "scan"
    if draw(st.integers(0, 3)) == 0:
        rule["to"] = at(start + draw(st.integers(1, 8)))
    if draw(st.integers(0, 3)) == 0:
        rule["retroactive"] = {"by": "F", "reason": "forgotten"}
    return {"type": "rule.published", "rule": rule}


def usual(id_: str, trigger: str, pay: list[dict[str, Any]], **more: Any) -> Body:
    rule = {"id": id_, "version": 1, "brand": "F", "trigger": trigger, "from": at(-1), "pay": pay, **more}
    return {"type": "rule.published", "rule": rule}


USUAL_SCAN = usual(
    "scan-a", "CONSUMER_SCAN", everyone(SCAN_ROLES[:5]), onRegionMismatch="PAY_CONSUMER_ONLY", group="scan"
)
USUAL_RECEIPT = usual("stocking", "STORE_RECEIPT", everyone(RECEIPT_ROLES))


@st.composite
def happenings(draw: st.DrawFn, size: int, late_binding_days: list[int | None]) -> list[tuple[int, Body]]:
    """What happens and on which day; the first days bring the channel into being."""
    delayed = draw(st.dictionaries(st.integers(0, len(cast.OPENING) - 1), scenes.days, max_size=6))
    left_out = draw(st.sets(st.integers(0, len(cast.OPENING) - 1), max_size=2))
    found = [(delayed.get(n, 0), body) for n, body in enumerate(cast.OPENING) if n not in left_out]
    for trip in draw(st.lists(scenes.trips(), min_size=1, max_size=3)):
        found += trip
    early = st.one_of(st.just(0), scenes.days)
    found += draw(st.lists(st.tuples(early, rules(late_binding_days)), max_size=4))
    found += [(0, USUAL_SCAN), (0, USUAL_RECEIPT)][: draw(st.sampled_from([2, 2, 1, 0]))]
    withdrawn = st.sampled_from(RULES).map(lambda id_: {"type": "rule.withdrawn", "rule": id_})
    found += draw(st.lists(st.tuples(scenes.days, withdrawn), max_size=1))
    found += draw(st.lists(st.tuples(scenes.days, scenes.moves), max_size=size // 2))
    found += draw(st.lists(st.tuples(scenes.days, scenes.anything), max_size=size - size // 2))
    return found


@st.composite
def dated(draw: st.DrawFn, happened: list[tuple[int, Body]]) -> list[Event]:
    """Ids and times; then voids of any of these events, of one another, or of nothing at all."""
    voids = draw(st.lists(st.tuples(scenes.days, st.integers(0, len(happened) + 3)), max_size=4))
    bodies = happened + [(day, {"type": "event.voided", "reason": "mistaken"}) for day, _ in voids]
    ids = [f"{draw(st.sampled_from(ID_BEGINNINGS))}{n}" for n in range(len(bodies))]
    log = []
    for id_, (day, body) in zip(ids, bodies, strict=True):
        moment = FIRST_DAY + timedelta(days=day)
        written = moment if day % 2 else moment.astimezone(UTC)  # one moment, two spellings
        log.append({"id": id_, "at": written.isoformat(), **body})
    for void, (_, target) in zip(log[len(happened) :], voids, strict=True):
        void["voids"] = ids[target] if target < len(ids) else "never-happened"
    return log


@st.composite
def logs(draw: st.DrawFn, size: int = 25) -> list[Event]:
    """Events without `recordedAt`, to be recorded all at one time; `size` bounds what happens by chance.

    A service stamps them one after the other, so no window of a rule is shorter than a day.
    """
    happened = draw(happenings(size, [None, None, 1, 7]))
    happened += draw(st.lists(st.tuples(scenes.days, scenes.clock_advanced), max_size=1))
    return draw(dated(happened))


@st.composite
def recorded_logs(draw: st.DrawFn, size: int = 25) -> list[Event]:
    """Every event tells when it was recorded, so that the windows of late binding matter."""
    log = draw(dated(draw(happenings(size, [0, 1, 3, 7, None]))))
    for event in log:
        recorded = datetime.fromisoformat(event["at"]) + draw(st.sampled_from(DELAYS))
        event["recordedAt"] = recorded.isoformat()
    return log


USUAL_PAY: list[Body] = [
    cast.party("F", "BRAND"),
    cast.product("CAT", "F"),
    cast.commissioned("CAT", "B1", "UNIT", "F", range=cast.RANGE),
    usual("scan-a", "CONSUMER_SCAN", everyone(["CONSUMER"])),
]
"""What it takes to see whose account a scan pays into."""


@st.composite
def identity_logs(draw: st.DrawFn, size: int = 20, leaving: bool = False) -> list[Event]:
    """About members: evidence, operators, policies, voids; with `leaving`, some leave. Not recorded yet."""
    happened: list[tuple[int, Body]] = [(-1, body) for body in USUAL_PAY]
    return draw(dated(happened + draw(people.happenings(size, leaving))))


@st.composite
def deliveries(draw: st.DrawFn, log: list[Event]) -> list[list[Event]]:
    """One way for a log to arrive: in any order, some of it twice, cut into batches."""
    twice = draw(st.lists(st.sampled_from(log), max_size=5)) if log else []
    # The same JSON with its keys the other way round is the same event.
    arriving = draw(st.permutations([*log, *(dict(reversed(event.items())) for event in twice)]))
    cuts = sorted(draw(st.lists(st.integers(0, len(arriving)), max_size=4)))
    batches = [arriving[start:end] for start, end in zip([0, *cuts], [*cuts, len(arriving)], strict=True)]
    return [batch for batch in batches if batch]
