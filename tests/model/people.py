"""Who appears in the drawn logs of identities: few enough identifiers that they collide."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.model import cast, scenes
from tests.model.cast import Body
from tests.model.policy import BUILT_IN, Sent

# One number in many spellings; `３` is a full-width digit.
SPELLINGS = [
    "13800138000",
    "+86 138-0013-8000",
    "0086 13800138000",
    " (+86) 138 0013 8000 ",
    "8613800138000",
    "1３800138000",
]
PHONES = [*SPELLINGS, *(f"1390013900{n}" for n in range(9)), "+852 6123 4567", "61234567", "P1"]


def sent(type_: str, *values: str, app: str | None = None) -> list[Sent]:
    return [{"type": type_, "value": value} | ({"app": app} if app else {}) for value in values]


DEVICES = sent("DEVICE", "d1", "d2", "d3")
BLOCKED = [
    *sent("PHONE", "000-0000", " 0 "),
    *sent("WECHAT_UNIONID", " NULL ", ""),
    *sent("DEVICE", "Anonymous", "undefined"),
]
PERSONS = [
    *sent("PHONE", *PHONES),
    *sent("WECHAT_UNIONID", "u1", " u1 ", "u2", "u3", "U1"),
    *sent("ALIPAY_UID", "x", app="shop"),
    *sent("ALIPAY_UID", "x", app="mini"),
    *sent("ALIPAY_UID", "mini/x"),  # its text is that of the one before, and it is another
    *sent("WECHAT_OPENID", *(f"o{n}" for n in range(7)), app="mini"),
    *sent("WECHAT_OPENID", "o1", app="shop"),
    *sent("POS_CARD", "c1", "c2", "c3", "é", "😀"),
    *sent("EMAIL", "a@b", "A@b"),  # the built-in policy does not name it
]
EVERYONE = [*PERSONS, *DEVICES, *BLOCKED]
FEW = [
    *sent("PHONE", PHONES[0], PHONES[1], PHONES[6]),
    *sent("WECHAT_UNIONID", "u1", "u2"),
    *sent("POS_CARD", "c1"),
    *sent("EMAIL", "a@b"),
    *DEVICES[:2],
]
"""Where most of it happens."""

Strategy = st.SearchStrategy

anyone = st.one_of(st.sampled_from(FEW), st.sampled_from(EVERYONE))
lists = st.lists(st.one_of(st.sampled_from(FEW), anyone), min_size=1, max_size=4)
sources = {"source": st.sampled_from(["pos", "mini", "crm"])}
identified = scenes.event("member.identified", {"identifiers": lists}, sources)
registered = scenes.event(
    "member.registered",
    {"identifiers": lists, "consent": st.just(["MARKETING"])},
    {"store": st.just("S1"), **sources},
)
named = st.builds(lambda identifiers: {"identifiers": identifiers}, lists)
scanned = scenes.event("goods.scanned", {"code": st.sampled_from(cast.UNITS), "member": named})
pairs = st.lists(st.sampled_from(FEW), min_size=2, max_size=2, unique_by=repr)


def operators(type_: str) -> Strategy[Body]:
    # The contract does not say what a pair of one and the same identifier is; nobody sends it.
    couples = st.tuples(anyone, anyone).filter(lambda two: two[0]["type"] != two[1]["type"])
    return st.builds(
        lambda two: {"type": type_, "a": two[0], "b": two[1], "reason": "said so"}, st.one_of(pairs, couples)
    )


operator = st.one_of(*map(operators, ["member.linked", "member.unlinked", "member.unlinked", "member.released"]))
left = scenes.event("member.left", {"member": named})


BLOCKINGS = [{"exact": ["U1", "C1"]}, {"exact": [PHONES[0], "d1"]}, {"regex": ["^1390", "^d[23]$", "^u1"]}]


@st.composite
def policies(draw: st.DrawFn) -> Body:
    """Another order, other limits, fewer or more namespaces, mostly small numbers."""
    types = draw(st.lists(st.sampled_from([*BUILT_IN["namespaces"], "EMAIL"]), min_size=2, unique=True))
    types = list(dict.fromkeys(["PHONE", *types])) if draw(st.booleans()) else types
    policy: Body = {"namespaces": {type_: draw(namespaces(type_)) for type_ in types}}
    if draw(st.booleans()):
        policy["blocked"] = draw(st.sampled_from([*BLOCKINGS, BUILT_IN["blocked"], {}]))
    if draw(st.booleans()):
        policy["maxIdentifiers"] = draw(st.integers(1, 5))
    if draw(st.booleans()):
        policy["conflict"] = draw(st.sampled_from(["first", "latest"]))
    return {"type": "identity.policy", "policy": policy}


@st.composite
def namespaces(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    device = type_ == "DEVICE"
    namespace: dict[str, Any] = {
        "priority": draw(st.integers(1, 9)),  # two may have the same
        "class": "device" if device or draw(st.integers(0, 9)) == 0 else "person",
    }
    most = draw(st.sampled_from(["nothing", "nothing", "unique", "limit"]))
    if most == "unique" and not device:
        namespace["unique"] = True
    elif most == "limit":
        namespace["limit"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        namespace["maxMembers"] = draw(st.integers(1, 3))
    return namespace


CROWDS = [
    (DEVICES[0], sent("PHONE", *PHONES[6:13])),
    (PERSONS[0], sent("WECHAT_OPENID", *(f"o{n}" for n in range(7)), app="mini")),
    (PERSONS[0], [*DEVICES, *sent("POS_CARD", "c1", "c2", "c3")]),
    (DEVICES[1], sent("WECHAT_UNIONID", "u1", "u2", "u3")),
]


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[int, Body]]:
    """One seen with many: a tablet on the counter, a phone with too many apps, one person with many devices."""
    hub, spokes = draw(st.sampled_from(CROWDS))
    met = draw(st.permutations(spokes))[draw(st.sampled_from([0, 0, 1, 2, 3])) :]
    seen = [{"type": "member.identified", "identifiers": [hub, one]} for one in met]
    return [(draw(scenes.days), body) for body in seen]


@st.composite
def happenings(draw: st.DrawFn, size: int, leaving: bool) -> list[tuple[int, Body]]:
    usual = st.one_of(identified, identified, scanned, registered)
    found = draw(st.lists(st.tuples(scenes.days, usual), min_size=1, max_size=size))
    found += draw(st.lists(st.tuples(scenes.days, operator), max_size=max(1, size // 3)))
    found += draw(st.lists(st.tuples(scenes.days, policies()), max_size=2))
    for crowd in draw(st.lists(crowds(), max_size=2)):
        found += crowd
    if leaving:
        found += draw(st.lists(st.tuples(scenes.days, left), min_size=1, max_size=3))
    return found
