"""Small, tangled logs of channel events: circles, diamonds, parties never registered, kinds that change, voids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model.log import Event

FIRST_DAY = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = 8
# By code point Z < a < Ａ < 😀; the last one looks like Cypher.
PARTIES = ["Z", "a", "b", "Ａ", "😀", "x\"'})-[]->({"]
REGIONS = ["CN/Guangdong", "CN/Guangdong/Shenzhen", "CN/Guangdong2"]
SKUS = ["CAT", "DOG"]

parties = st.sampled_from(PARTIES)
pairs = st.lists(parties, min_size=2, max_size=2, unique=True)
some_skus = st.one_of(st.just({}), st.builds(lambda skus: {"skus": skus}, st.lists(st.sampled_from(SKUS), max_size=2)))


def moment(day: int) -> datetime:
    return FIRST_DAY + timedelta(days=day)


@st.composite
def registrations(draw: st.DrawFn) -> dict[str, Any]:
    id_ = draw(parties)
    party: dict[str, Any] = {
        "id": id_,
        "kind": draw(st.sampled_from(["STORE", "DISTRIBUTOR", "CLERK"])),
        "name": f"{id_} 店",
    }
    region = draw(st.sampled_from([None, *REGIONS]))
    return {"type": "party.registered", "party": party | ({"region": region} if region else {})}


@st.composite
def links(draw: st.DrawFn) -> dict[str, Any]:
    parent, child = draw(pairs)
    type_ = draw(st.sampled_from(["channel.linked"] * 3 + ["channel.unlinked"]))
    relation = draw(st.sampled_from(["SUPPLIES", "SUPPLIES", "EMPLOYS", "SERVES"]))
    return {"type": type_, "relation": relation, "parent": parent, "child": child}


@st.composite
def territories(draw: st.DrawFn) -> dict[str, Any]:
    type_: str = draw(st.sampled_from(["territory.assigned", "territory.assigned", "territory.released"]))
    regions: list[str] = draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=2, unique=True))
    body: dict[str, Any] = {"type": type_, "party": draw(parties), "regions": regions}
    body |= draw(some_skus)
    return body


@st.composite
def channel_logs(draw: st.DrawFn) -> list[Event]:
    bodies = draw(st.lists(registrations(), min_size=3, max_size=8))
    bodies += draw(st.lists(links(), min_size=6, max_size=20))
    bodies += draw(st.lists(territories(), max_size=5))
    days = st.integers(0, DAYS)
    log = [{"id": f"e{n:02}", "at": moment(draw(days)).isoformat(), **body} for n, body in enumerate(bodies)]
    for n, target in enumerate(draw(st.lists(st.integers(0, len(bodies) - 1), max_size=2))):
        void = {"type": "event.voided", "voids": f"e{target:02}", "reason": "mistaken"}
        log.append({"id": f"v{n}", "at": moment(draw(days)).isoformat(), **void})
    return log
