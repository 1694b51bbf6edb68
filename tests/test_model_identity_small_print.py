"""Small print of the identity policy that the worked examples do not settle."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model import Apart, Together, World
from tests.model.cast import Body
from tests.model.log import Event, instant
from tests.model.logs import USUAL_PAY
from tests.model.people import SPELLINGS
from tests.model.policy import BUILT_IN, Policy, Sent, text

PERSON = {"class": "person"}


def one(shown: str) -> Sent:
    """`TYPE:value` or `TYPE:app/value`, with one letter of types."""
    type_, _, value = shown.partition(":")
    types = {"P": "PHONE", "U": "WECHAT_UNIONID", "O": "WECHAT_OPENID", "C": "POS_CARD", "D": "DEVICE"}
    app, _, rest = value.rpartition("/")
    return {"type": types.get(type_, type_), "value": rest} | ({"app": app} if app else {})


def seen(*shown: str, **more: Any) -> Body:
    return {"type": "member.identified", "identifiers": list(map(one, shown)), **more}


def word(verb: str, a: str, b: str) -> Body:
    return {"type": f"member.{verb}", "a": one(a), "b": one(b), "reason": "said so"}


def policy(**more: Any) -> Body:
    return {"type": "identity.policy", "policy": BUILT_IN | more}


def namespaces(**types: dict[str, Any]) -> Body:
    changed = {type_: PERSON | said for type_, said in types.items()}
    return policy(namespaces=BUILT_IN["namespaces"] | changed)


def world(*bodies: Body, at: list[int] | None = None) -> World:
    """One thing an hour, or at these hours."""
    hours = at or list(range(len(bodies)))
    times = [f"2026-01-01T{hour:02d}:00:00Z" for hour in hours]
    events: list[Event] = [
        {"id": f"e{n}", "at": when, **body} for n, (when, body) in enumerate(zip(times, bodies, strict=True))
    ]
    return World(events, "2026-01-02T00:00:00Z")


def members(world: World) -> list[list[str]]:
    return sorted(sorted(map(text, member.identifiers)) for member in world.members())


# --- filter -----------------------------------------------------------------------------------------------


def test_one_phone_in_many_spellings() -> None:
    phones = [{"identifiers": [{"type": "PHONE", "value": value}]} for value in SPELLINGS]
    assert {Policy(BUILT_IN).account(member) for member in phones} == {("PHONE", "", "+8613800138000")}


@pytest.mark.parametrize("value", ["P1", "123-4567", "12345678901"])
def test_no_valid_phone_is_compared_as_sent(value: str) -> None:
    assert Policy(BUILT_IN).normal({"type": "PHONE", "value": f" {value} "}) == ("PHONE", "", value)


def test_two_spellings_are_no_two_values() -> None:
    found = world(seen("P:13800138000", "P:+86 138-0013-8000", "U:u"))
    assert members(found) == [["PHONE:+8613800138000", "WECHAT_UNIONID:u"]]


def test_blocked_values_are_dropped_and_the_rest_of_their_list_stays() -> None:
    assert members(world(seen("U: NULL ", "P:0-0", "O:a", "C:c"))) == [["POS_CARD:c", "WECHAT_OPENID:a"]]
    assert world(seen("U:u")).why(one("U:u"), one("U:null")) == Apart(("blocked",), ())


def test_a_policy_that_blocks_nothing() -> None:
    body = {"namespaces": BUILT_IN["namespaces"]}
    found = world({"type": "identity.policy", "policy": body}, seen("U:null", "C:0"))
    assert members(found) == [["POS_CARD:0", "WECHAT_UNIONID:null"]]


def test_two_values_of_a_unique_namespace_link_nothing() -> None:
    found = world(seen("P:p1", "P:p2", "O:o"), seen("O:o", "C:c"))
    assert members(found) == [["PHONE:p1"], ["PHONE:p2"], ["POS_CARD:c", "WECHAT_OPENID:o"]]
    assert found.refused() == []
    assert found.why(one("P:p1"), one("O:o")) == Apart(("two_values_of_unique_namespace",), ())


def test_a_value_of_two_apps_is_two_values() -> None:
    found = world(seen("ALIPAY_UID:a/x", "C:c"), seen("ALIPAY_UID:b/x", "C:c"))
    assert members(found) == [["ALIPAY_UID:a/x"], ["ALIPAY_UID:b/x", "POS_CARD:c"]]


def test_the_policy_names_what_links() -> None:
    bodies = [seen("EMAIL:e", "P:p"), word("linked", "EMAIL:e", "C:c"), seen("EMAIL:e", "EMAIL:f")]
    assert members(world(*bodies)) == [["EMAIL:e"], ["EMAIL:f"], ["PHONE:p"], ["POS_CARD:c"]]
    named = world(*bodies, namespaces(EMAIL={"priority": 6}))
    assert members(named) == [["EMAIL:e", "EMAIL:f", "PHONE:p", "POS_CARD:c"]]


def test_inviter_and_invitee_are_two_lists() -> None:
    invited = {"type": "member.invited"}
    lists = {"inviter": seen("P:p1", "C:c1"), "invitee": seen("P:p2", "C:c2")}
    found = world(invited | {role: {"identifiers": body["identifiers"]} for role, body in lists.items()})
    assert members(found) == [["PHONE:p1", "POS_CARD:c1"], ["PHONE:p2", "POS_CARD:c2"]]


# --- shared identifiers -----------------------------------------------------------------------------------


def test_a_device_of_too_many_belongs_to_nobody() -> None:
    crowd = [seen("D:d", f"P:p{n}") for n in range(6)]
    assert members(world(*crowd[:5])) == [["DEVICE:d", "PHONE:p4"], *([f"PHONE:p{n}"] for n in range(4))]
    found = world(*crowd)
    assert members(found) == [[f"PHONE:p{n}"] for n in range(6)]
    assert found.nobody() == {("DEVICE", "", "d"): "shared_identifier"}
    assert found.why(one("P:p1"), one("D:d")) == Apart(("shared_identifier",), ())
    assert members(world(*crowd, word("released", "D:d", "P:p5")))[0] == ["DEVICE:d", "PHONE:p4"]


def test_cards_are_no_members() -> None:
    found = world(*(seen("D:d", f"C:c{n}") for n in range(6)))
    assert found.nobody() == {}


def test_a_list_with_two_phones_shows_a_device_with_both() -> None:
    found = world(seen("D:d", *(f"P:p{n}" for n in range(6))), seen("D:d", "P:p0"))
    assert found.nobody() == {("DEVICE", "", "d"): "shared_identifier"}


# --- linking ----------------------------------------------------------------------------------------------


def test_persons_come_before_devices_and_the_latest_first() -> None:
    found = world(seen("O:o", "P:p1"), seen("D:d", "P:p2"), seen("D:d", "O:o"))
    assert members(found) == [["DEVICE:d", "PHONE:p1", "WECHAT_OPENID:o"], ["PHONE:p2"]]
    assert found.refused() == [(("DEVICE", "", "d"), ("PHONE", "", "p2"), "limit:PHONE", ("PHONE", "", "p1"))]


def test_the_first_wins_where_the_policy_says_so() -> None:
    bodies = [seen("C:c", "P:p1"), seen("C:c", "P:p2"), seen("C:c", "P:p1")]
    bodies = [bodies[1], bodies[0], bodies[2]]
    assert members(world(*bodies)) == [["PHONE:p1", "POS_CARD:c"], ["PHONE:p2"]]
    assert members(world(*bodies, policy(conflict="first"))) == [["PHONE:p1"], ["PHONE:p2", "POS_CARD:c"]]


def test_at_one_moment_priorities_decide_then_texts() -> None:
    same = [0, 0, 0]
    found = world(seen("C:c", "O:o"), seen("C:c", "P:p2"), seen("P:p1", "O:o"), at=same)
    # OPENID with PHONE is 5, CARD with PHONE is 6, CARD with OPENID is 9.
    assert members(found) == [["PHONE:p1", "WECHAT_OPENID:o"], ["PHONE:p2", "POS_CARD:c"]]
    found = world(seen("C:c", "P:p2"), seen("C:c", "P:p1"), seen("C:c", "P:p3"), at=same)
    assert members(found) == [["PHONE:p1", "POS_CARD:c"], ["PHONE:p2"], ["PHONE:p3"]]
    refused = found.refused()
    assert [(text(each.a), text(each.b), each.rival) for each in refused] == [
        ("PHONE:p2", "POS_CARD:c", ("PHONE", "", "p1")),
        ("PHONE:p3", "POS_CARD:c", ("PHONE", "", "p1")),
    ]


def test_an_operators_link_comes_first_and_may_break_no_limit() -> None:
    found = world(word("linked", "C:c", "P:p1"), seen("C:c", "P:p2"), word("linked", "P:p1", "P:p2"))
    assert members(found) == [["PHONE:p1", "POS_CARD:c"], ["PHONE:p2"]]
    assert [(each.reason, each.rival) for each in found.refused()] == [
        ("limit:PHONE", None),
        ("limit:PHONE", ("PHONE", "", "p1")),
    ]


def test_unlinked_is_for_ever() -> None:
    found = world(word("unlinked", "C:c", "P:p"), seen("C:c", "O:o"), seen("O:o", "P:p"), word("linked", "P:p", "C:c"))
    assert members(found) == [["PHONE:p", "WECHAT_OPENID:o"], ["POS_CARD:c"]]
    assert [(text(each.b), each.reason, each.rival) for each in found.refused()] == [
        ("POS_CARD:c", "unlinked", None),
        ("WECHAT_OPENID:o", "unlinked", ("PHONE", "", "p")),
    ]
    answer = found.why(one("C:c"), one("O:o"))
    assert isinstance(answer, Apart)
    assert answer.refused == tuple(found.refused())
    alone = world(word("unlinked", "C:c", "P:p"), word("released", "C:d", "P:q"))
    assert members(alone) == []  # these words show nobody


def test_released_forgets_a_link_too_and_reaches_up_to_its_moment() -> None:
    bodies = [word("linked", "C:c", "P:p"), word("released", "P:p", "C:c"), seen("C:c", "P:p")]
    assert members(world(*bodies, at=[1, 1, 1])) == [["PHONE:p"], ["POS_CARD:c"]]
    assert members(world(*bodies, at=[1, 1, 2])) == [["PHONE:p", "POS_CARD:c"]]


def test_a_void_takes_evidence_and_words_back() -> None:
    bodies = [seen("C:c", "P:p"), word("unlinked", "C:c", "P:p")]
    assert len(members(world(*bodies))) == 2
    assert len(members(world(*bodies, {"type": "event.voided", "voids": "e1", "reason": "?"}))) == 1
    assert members(world(*bodies, {"type": "event.voided", "voids": "e0", "reason": "?"})) == []


# --- size, seed, accounts ---------------------------------------------------------------------------------


def test_devices_go_first_then_those_seen_longest_ago() -> None:
    bodies = [seen("P:p", "C:c1"), seen("P:p", "C:c2"), seen("P:p", "D:d"), seen("C:c1"), policy(maxIdentifiers=2)]
    found = world(*bodies)
    assert members(found) == [["PHONE:p", "POS_CARD:c1"]]
    assert set(found.nobody().values()) == {"evicted_over_max_identifiers"}
    assert found.why(one("P:p"), one("D:d")) == Apart(("evicted_over_max_identifiers",), ())


def test_the_seed_is_whom_one_saw_first() -> None:
    [member] = world(seen("C:c"), seen("P:p", "O:o"), seen("O:o", "C:c")).members()
    assert text(member.seed) == "POS_CARD:c"
    [member] = world(seen("C:c", "P:p"), seen("D:d", "P:p"), at=[0, 0]).members()
    assert text(member.seed) == "PHONE:p"
    assert member.formers == member.identifiers


def scan(code: str, *shown: str) -> Body:
    return {"type": "goods.scanned", "code": code, "member": {"identifiers": list(map(one, shown))}}


def paid(found: World) -> list[tuple[str | None, str | None]]:
    return [(each.payee, each.reason) for each in found.decisions()]


def test_the_policy_decides_whose_account_it_is() -> None:
    cards_first = namespaces(POS_CARD={"priority": 0})
    scans = [*USUAL_PAY, scan("U00", "P:p", "C:c", "EMAIL:e"), scan("U01", "U:null"), scan("U02", "EMAIL:e")]
    assert paid(world(*scans)) == [("PHONE:p", None), (None, "no_member"), ("EMAIL:e", None)]
    assert paid(world(*scans, cards_first))[0] == ("POS_CARD:c", None)
    assert paid(world(*scans, policy(blocked={"exact": ["P"]})))[:2] == [
        ("POS_CARD:c", None),
        ("WECHAT_UNIONID:null", None),
    ]


def test_shared_ones_have_accounts_of_their_own() -> None:
    device_first = namespaces(DEVICE={"priority": 0, "class": "device", "maxMembers": 1})
    scans = [*USUAL_PAY, scan("U00", "D:d", "P:p"), scan("U01", "D:d", "P:q"), device_first]
    found = world(*scans)
    assert found.nobody() == {("DEVICE", "", "d"): "shared_identifier"}
    assert paid(found) == [("DEVICE:d", None), ("DEVICE:d", None)]


# --- why --------------------------------------------------------------------------------------------------


def test_a_path_of_evidence() -> None:
    found = world(seen("P:p", "O:o", source="pos"), seen("O:o", "C:c", source="mini"), seen("C:c", "O:o", source="crm"))
    answer = found.why(one("P:p"), one("C:c"))
    assert isinstance(answer, Together)
    assert not answer.by_device_alone
    first, second = answer.path
    assert (text(first.a), text(first.b), first.events, first.sources) == (
        "PHONE:p",
        "WECHAT_OPENID:o",
        ("e0",),
        ("pos",),
    )
    assert (text(second.b), second.events, second.sources) == ("POS_CARD:c", ("e1", "e2"), ("crm", "mini"))
    assert (second.first, second.last) == (instant("2026-01-01T01:00:00Z"), instant("2026-01-01T02:00:00Z"))


def test_a_path_that_hangs_on_a_device_is_marked() -> None:
    by_device = [seen("P:p", "D:d"), seen("D:d", "C:c")]
    answer = world(*by_device).why(one("P:p"), one("C:c"))
    assert isinstance(answer, Together)
    assert answer.by_device_alone
    longer = world(*by_device, seen("P:p", "O:o"), seen("O:o", "JD:j"), seen("JD:j", "C:c")).why(one("P:p"), one("C:c"))
    assert isinstance(longer, Together)
    assert not longer.by_device_alone
    assert len(longer.path) == 3
    to_the_device = world(*by_device).why(one("P:p"), one("D:d"))
    assert isinstance(to_the_device, Together)
    assert not to_the_device.by_device_alone


def test_never_seen() -> None:
    assert world(seen("P:p")).why(one("P:p"), one("C:c")) == Apart(("never_seen",), ())
    assert world(seen("P:p"), seen("C:c")).why(one("P:p"), one("C:c")) == Apart((), ())


# --- leaving ----------------------------------------------------------------------------------------------


def left(*shown: str) -> Body:
    return {"type": "member.left", "member": {"identifiers": list(map(one, shown))}}


def test_leaving_erases_and_later_events_make_a_new_member() -> None:
    bodies = [seen("P:p", "O:o"), seen("P:p", "D:d"), seen("C:c", "P:q"), left("P:p")]
    gone = world(*bodies)
    assert members(gone) == [["PHONE:q", "POS_CARD:c"]]
    assert {text(each) for each in gone.leavings[0].identifiers} == {"PHONE:p", "WECHAT_OPENID:o", "DEVICE:d"}
    again = world(*bodies, seen("P:p", "JD:j"), left("P:nobody"))
    assert members(again) == [["JD:j", "PHONE:p"], ["PHONE:q", "POS_CARD:c"]]
    # What arrives late, or at the same moment, comes too late.
    late = world(*bodies, seen("O:o", "JD:j"), at=[0, 1, 2, 3, 3])
    assert members(late) == [["PHONE:q", "POS_CARD:c"]]


def test_leaving_takes_no_one_else_along() -> None:
    bodies = [seen("P:p", "D:d"), seen("P:q", "D:d"), seen("P:p", "D:own")]
    # The leaver's own list made the device the leaver's, for a moment.
    found = world(*bodies, left("P:p", "D:d"))
    assert members(found) == [["DEVICE:d", "PHONE:q"]]
    assert {text(each) for each in found.leavings[0].identifiers} == {"PHONE:p", "DEVICE:own"}


def test_evicted_ones_go_with_the_member() -> None:
    found = world(seen("P:p", "C:c1"), seen("P:p", "C:c2"), policy(maxIdentifiers=2), left("P:p"))
    assert members(found) == []
    assert found.nobody() == {}


def test_a_shared_device_stays_while_others_were_seen_with_it() -> None:
    limited = namespaces(DEVICE={"priority": 9, "class": "device", "maxMembers": 1})
    found = world(limited, seen("P:p", "D:d"), seen("P:q", "D:d"), left("P:p"))
    assert members(found) == [["DEVICE:d", "PHONE:q"]]  # no longer shared


def test_accounts_go_on_under_a_pseudonym() -> None:
    scans = [*USUAL_PAY, scan("U00", "P:p"), left("P:p"), scan("U01", "P:p"), left("P:p")]
    assert paid(world(*scans[:-1])) == [("left:e5", None), ("PHONE:p", None)]
    assert paid(world(*scans)) == [("left:e5", None), ("left:e7", None)]
