"""A sample call of every statement in `cypher/`, with values that the demonstration has.

A statement whose header counts its database hits otherwise than by row or in all names here how many it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graph_service.moments import parse_instant
from tests.plan_picks import Picks

Parameters = dict[str, Any]

AT = parse_instant("2026-07-20T00:00:00Z")
EVER, NEVER = -(2**62), 2**62
ALL = 2**31
PAGE = 51
RELATIONS = ["SUPPLIES", "EMPLOYS", "SERVES"]
KINDS = ["BRAND", "DISTRIBUTOR", "SALESPERSON", "STORE", "CLERK", "GROUP_LEADER", "WAREHOUSE"]
STATUSES = ["ACCRUED", "HELD", "REJECTED", "REVERSED", "SUSPENSE", "SETTLED"]
BETWEEN = {"from": EVER, "until": NEVER, "limit": 10_000}
FIRST_PAGE = {"at": EVER, "id": "", "limit": PAGE}


@dataclass(frozen=True)
class Sample:
    """Parameters out of what was picked, and what the header's number of hits is for."""

    parameters: Callable[[Picks], Parameters]
    units: Callable[[Picks], int] | None = field(default=None)


def rows(name: str, **more: Any) -> Sample:
    """The ids of that name as `$rows`."""
    return Sample(lambda picks: {"rows": picks[name], **more})


def each(name: str, row: Callable[[Any], Any], **more: Any) -> Sample:
    """A row for each id of that name."""
    return Sample(lambda picks: {"rows": [row(one) for one in picks[name]], **more})


def call(**parameters: Any) -> Sample:
    return Sample(lambda picks: parameters)


def counted(what: str, **parameters: Any) -> Sample:
    """A call whose hits are counted by all nodes of a sort."""
    return Sample(lambda picks: parameters, lambda picks: picks.counts[what])


def page(**parameters: Any) -> Sample:
    """A call whose hits are counted by what is on the page."""
    return Sample(lambda picks: parameters, lambda picks: PAGE)


def _decision(trigger: str) -> Parameters:
    new = {"trigger": trigger, "payee": "D1-GD", "at": AT, "state": "ACCRUED"}
    return {
        "trigger": trigger,
        "shared": [one | {"id": f"both {one['id']}", "state": "ACCRUED"} for one in _entries(trigger)],
        "decisions": [new | {"rebate": f"new {trigger} {n}"} for n in range(5)],
        "restsOn": [("OWNED_BY", "D1-GD")],
        "entries": _entries(trigger),
    }


def _event(number: str, run: str) -> Parameters:
    properties = {"id": f"new {number}", "type": "order.placed", "at": AT, "recordedAt": AT}
    shown = {"list": 0, "place": None, "identifier": f"new {number}", "type": "PHONE", "app": None, "sealed": "x"}
    return {
        **{"labels": ["OrderFact"], "properties": properties, "parties": [("AT", "D1-GD")], "products": ["new"]},
        **{"runs": [("ORDERS", run)], "shown": [shown | {"sent": None, "unfit": None}]},
    }


def _entries(trigger: str) -> list[Parameters]:
    new = {"rule": "new", "trigger": trigger, "role": "STORE", "payee": "D1-GD", "at": AT, "status": "ACCRUED"}
    return [new | {"id": f"new {trigger} {n}", "revision": n} for n in range(5)]


def _past(item: str) -> Parameters:
    stay = {"container": item, "since": AT, "sinceEvent": "new", "until": None, "untilEvent": None}
    return {"item": item, "past": {"bornAt": AT, "bornBy": "new"}, "stays": [stay]}


SAMPLES: dict[str, Sample] = {
    "attribution/care": rows("holders"),
    "attribution/said": rows("identifiers"),
    "attribution/scans": rows("identifiers"),
    "attribution/order_named": Sample(lambda picks: {"rows": ["O-1"]}),
    "attribution/orders_of": rows("identifiers"),
    "attribution/sales_and_places": rows("identifiers"),
    "attribution/served": rows("events"),
    "attribution/steps_in_time": page(type="touch.recorded", at=EVER, id="", until=NEVER, limit=PAGE),
    "attribution/touches_of": rows("identifiers"),
    "attribution/visitors": Sample(lambda picks: {"rows": ["S-SZ-NS-01", "S-SZ-FT-02"], "from": EVER, "until": NEVER}),
    "channel/branch": counted(
        "below", party="D1-GD", at=AT, kinds=["STORE"], former={}, maxDepth=10, afterDepth=0, afterId="", limit=PAGE
    ),
    "channel/children_of": rows("parties"),
    "channel/holders_of_promo_codes": rows("promo_codes"),
    "channel/links_above": rows("parties", relations=RELATIONS, at=AT, afterFrom=EVER, afterEvent="", limit=PAGE),
    "channel/links_below": rows("parties", relations=RELATIONS, at=AT, afterFrom=EVER, afterEvent="", limit=PAGE),
    "channel/neighbours": rows("parties", at=AT),
    "channel/parties": call(after="", limit=PAGE),
    "channel/parties_by_id": rows("parties"),
    "channel/parties_in_region": call(region="CN/Guangdong", kinds=KINDS, after="", limit=PAGE),
    "channel/parties_known": Sample(
        lambda picks: {
            "rows": picks["parties"],
            "promoCodes": picks["promo_codes"],
            "skus": picks["skus"],
            "above": True,
        }
    ),
    "channel/parties_of_kind": call(kind="STORE", after="", limit=PAGE),
    "channel/registered_anew_since": counted("registration", at=EVER),
    "channel/stored": rows("parties"),
    "channel/stores_near": call(
        **{"lat": 22.54, "lon": 114.05, "rings": [{"from": 0, "until": 4e3}, {"from": 4e3, "until": 3e6}]},
        **{"services": ["WASHING"], "afterMetres": -1.0, "afterId": "", "limit": 11},
    ),
    "channel/territories": rows("parties", at=AT),
    "channel/upstream": rows("parties", at=AT, limit=PAGE),
    "channel/write_links": each(
        "parties",
        lambda one: {
            "child": one,
            "links": [{"parent": "MIAOWANG", "relation": "SUPPLIES", "dates": {"from": AT, "fromEvent": "new"}}],
        },
    ),
    "channel/write_profiles": each(
        "parties", lambda one: {"party": one, "profile": {"id": one, "kind": "STORE", "name": "店", "region": "CN"}}
    ),
    "channel/write_territories": each(
        "parties",
        lambda one: {"party": one, "territories": [{"region": "CN", "sku": None, "from": AT, "without": False}]},
    ),
    "demo/totals_by_role": counted("decision"),
    "explore/containers": rows("units", **BETWEEN),
    "explore/contents": rows("cartons", **BETWEEN),
    "explore/events": Sample(
        lambda picks: {"rows": [{"event": one, "whole": True} for one in (*picks["scans"], *picks["receipts"])]}
    ),
    "explore/events_in_time": page(type="goods.scanned", at=EVER, id="", until=NEVER, limit=PAGE),
    "explore/events_of_items": rows("units", types=["goods.scanned", "goods.received"], **BETWEEN),
    "explore/events_of_members": rows("members", types=["goods.scanned", "goods.sold"], **BETWEEN),
    "explore/events_of_parties": rows("parties", types=["goods.scanned", "goods.received"], **BETWEEN),
    "explore/events_of_promo_codes": rows("parties", **BETWEEN),
    "explore/identifiers": rows("identifiers"),
    "explore/items": rows("units"),
    "explore/links_above": rows("parties", relations=RELATIONS, **BETWEEN),
    "explore/links_below": rows("parties", relations=RELATIONS, **BETWEEN),
    "explore/members": rows("members"),
    "explore/members_by_id": page(after="", limit=PAGE),
    "explore/parties": rows("parties"),
    "explore/size": call(),
    "goods/alias_neighbours": rows("hubs"),
    "goods/contents_by_facts": rows("pallets"),
    "goods/create_runs": call(rows=[{"first": f"new|{n:04}", "last": f"new|{n:04}"} for n in range(20)]),
    "goods/custody_facts": rows("units"),
    "goods/find_items": rows("units"),
    "goods/grounds": each("units", lambda one: {"first": one, "last": one}),
    "goods/hand_overs": rows("receipts"),
    "goods/handed_units": Sample(lambda picks: {"rows": ["S-SZ-NS-01", "D1-GD"], "skus": picks["skus"], "at": AT}),
    "goods/handed_to": Sample(lambda picks: {"rows": ["D1-GD", "D2-SZ", *picks["parties"][-20:]]}),
    "goods/item_facts": each(
        "units", lambda one: {"item": one, "from": EVER, "until": NEVER, "scans": True}, above=True
    ),
    "goods/items": rows("units"),
    "goods/items_of_runs": rows("units"),
    "goods/packings": rows("units"),
    "goods/pasts": rows("units"),
    "goods/runs_over": each("units", lambda one: {"first": one, "last": one}),
    "goods/scanned_codes": rows("units"),
    "goods/split_runs": each(
        "units", lambda one: {"first": one, "last": one, "pieces": [{"first": f"new {one}", "last": f"new {one}"}]}
    ),
    "goods/triggers_of": each("cartons", lambda one: {"item": one, "from": EVER, "until": NEVER}, limit=ALL),
    "goods/write_aliases": rows("aliased"),
    "goods/write_pasts": each("units", _past),
    "graph/await_indexes": call(seconds=10),
    "graph/components": call(),
    "graph/count_decisions": counted("decision"),
    "graph/count_events": counted("event"),
    "graph/indexes": call(),
    "graph/lock_migrations": call(),
    "graph/migrations": counted("migration"),
    "graph/record_migration": call(number=9999, title="new", checksum="new", appliedAt=AT),
    "graph/size": call(),
    "intake/batches": call(),
    "intake/append": Sample(
        lambda picks: {
            "rows": [_event(*each) for each in zip(picks["events"], picks["units"], strict=True)],
            "clock": AT,
        }
    ),
    "intake/clock": call(),
    "intake/known": rows("events"),
    "intake/lock": rows("events"),
    "intake/mark_voided": each("events", lambda one: {"event": one, "voided": True}),
    "intake/policy": call(),
    "intake/policy_waits": call(),
    "intake/set_clock": call(clock=AT),
    "intake/set_policy": call(policy="{}"),
    "intake/touched": rows("events"),
    "intake/voided": rows("events"),
    "intake/voids_around": rows("voids"),
    "members/a_sealed_value": call(),
    "members/accounts_of": rows("identifiers"),
    "members/keyring": call(),
    "members/key_version": call(),
    "members/write_keyring": call(wrapped=["x"], version=1),
    "members/quality_pairs": page(after="", limit=PAGE),
    "members/quality_sizes": page(after="", limit=PAGE),
    "members/sealed_of": rows("identifiers"),
    "members/size": call(),
    "members/stored": rows("identifiers"),
    "members/note_touched": rows("identifiers", identifiers=["x"], erased=["x"]),
    "members/touched_meanwhile": call(),
    "members/forget_touched": call(),
    "pending/policies": call(),
    "members/sealed_in": rows("showing"),
    "members/reseal_identifiers": each("identifiers", lambda one: {"identifier": one, "sealed": "x"}),
    "members/reseal_events": each(
        "shown",
        lambda one: {
            "event": one["event"],
            "body": "{}",
            "sent": [{"list": one["list"], "identifier": one["identifier"], "sent": ["x"]}],
        },
    ),
    "members/as_of": rows("identifiers", until=NEVER),
    "members/booked_for": rows("identifiers"),
    "members/care_of": rows("events"),
    "members/certificates": rows("events"),
    "members/consents": rows("identifiers"),
    "members/held_events": rows("identifiers"),
    "members/members_after": page(after="", limit=PAGE),
    "members/paid_to": rows("identifiers"),
    "members/unmask": each("identifiers", lambda one: {"properties": {"id": one, "at": AT}, "identifiers": [one]}),
    "members/unmaskings": page(at=NEVER, id="", limit=PAGE),
    "members/unmaskings_of": rows("identifiers"),
    "members/companions": rows("identifiers"),
    "members/erase_bodies": each(
        "shown", lambda one: {"event": one["event"], "body": "{}", "shown": [one | {"remembered": ["x"]}]}
    ),
    "members/erase_values": each("identifiers", lambda one: {"identifier": one, "place": 1}),
    "members/events_of_accounts": rows("identifiers"),
    "members/leavings": rows("events"),
    "members/leavings_in_time": page(at=EVER, id="", limit=PAGE),
    "members/leavings_of": rows("identifiers"),
    "members/leavings_weighing": each("identifiers", lambda one: {"identifier": one, "since": EVER}),
    "members/mark_erased": rows("identifiers"),
    "members/marks": rows("identifiers"),
    "members/unerased": rows("identifiers"),
    "members/unerased_named": rows("identifiers"),
    "members/unerased_notes": rows("events"),
    "members/write_leavings": each(
        "showing",
        lambda one: {"event": one, "erases": ["new", "newer"], "weighs": ["new", "newer"], "since": AT, "by": ["new"]},
    ),
    "members/delete_empty": rows("members"),
    "members/appointments_at": page(store="S-SZ-NS-01", **{"from": EVER, "until": NEVER}),
    "members/reached": Sample(
        lambda picks: {"identifier": picks["identifiers"][0], "types": ["PHONE", "WECHAT_OPENID"]},
        lambda picks: len(picks["identifiers"]),
    ),
    "members/around": each("identifiers", lambda one: {"identifier": one, "whole": True}),
    "members/delete_pairs": rows("pairs"),
    "members/events_showing": rows("identifiers"),
    "members/first_events": rows("identifiers"),
    "members/identifiers_by_id": rows("identifiers"),
    "members/member_ids": rows("identifiers"),
    "members/delete_inviters": each("invited", lambda one: {"account": one}),
    "members/invitation_ids": page(at=EVER, id="", limit=PAGE),
    "members/invitations": rows("invitations"),
    "members/invitations_to": rows("invited"),
    "members/invited_by": rows("inviters"),
    "members/invitees": rows("inviters", at=EVER, event="", limit=PAGE),
    "members/inviters": rows("invited"),
    "members/brought_in": rows("invited"),
    "members/formers": rows("identifiers"),
    "members/inviters_above": Sample(lambda picks: {"account": picks["invited"][-1], "limit": 10}),
    "members/delete_invited_as": each("invited", lambda one: {"account": one}),
    "members/invited_as": rows("identifiers"),
    "members/write_invited_as": each("invited", lambda one: {"account": one, "invitedAs": one}),
    "members/business_of": rows("holders"),
    "members/members_of": rows("identifiers"),
    "members/pair_facts": rows("pairs"),
    "members/note_evidence": Sample(
        lambda picks: {
            "seen": [{"identifier": one, "first": AT, "last": AT} for one in picks["identifiers"]],
            "pairs": [
                one | {"first": AT, "last": AT, "count": 1, "sources": ["pos"], "spoiled": 0} for one in picks["pairs"]
            ],
        },
        lambda picks: len(picks["identifiers"]) + len(picks["pairs"]),
    ),
    "members/pairs_of": rows("identifiers"),
    "members/pets_of": rows("identifiers"),
    "members/points_of": rows("identifiers"),
    "members/policies": Sample(lambda picks: {}, lambda picks: picks.counts["policy"] + 1),
    "members/refused_of": rows("identifiers"),
    "members/seen": rows("identifiers"),
    "members/seen_with": Sample(
        lambda picks: {"identifier": picks["identifiers"][0], "after": "", "limit": PAGE}, lambda picks: PAGE
    ),
    "members/sightings": rows("showing"),
    "members/write_accounts": each("showing", lambda one: {"event": one, "account": "x", "invitee": None}),
    "members/write_inviters": each(
        "invited", lambda one: {"account": one, "event": "new", "at": AT, "inviter": one, "campaign": None}
    ),
    "members/write_refusals": each("invitations", lambda one: {"event": one, "refused": "self_referral"}),
    "members/write_members": each(
        "identifiers", lambda one: {"identifier": one, "shared": None, "evicted": None, "member": one}
    ),
    "members/write_pairs": each("pairs", lambda one: one | {"evidence": {"first": AT, "last": AT, "count": 1}}),
    "members/write_refused": each("pairs", lambda one: one | {"reason": "limit_exceeded", "namespace": "PHONE"}),
    "members/write_seen": each("identifiers", lambda one: {"identifier": one, "first": AT, "last": AT}),
    "members/write_unfit": each("shown", lambda one: one | {"unfit": None}),
    "pending/add": call(rows=[{"id": "new", "question": "goods/triggers_of", "rows": "[]", "since": AT}]),
    "pending/advance": call(rows=["new"], through="e1", left=1),
    "pending/finish": call(rows=["new"]),
    "pending/oldest": call(limit=64),
    "pending/standing": call(),
    "pending/times": rows("events"),
    "rebates/account_sums": Sample(
        lambda picks: {
            "rows": [{"payee": one, "since": EVER, "seen": -1} for one in picks["accounts"]],
            **{"start": AT, "end": NEVER, "before": ALL, "block": ALL},
        },
        lambda picks: picks.counts["entry"],
    ),
    "rebates/accrued_before": counted("decision", rows=[{"before": NEVER}], limit=ALL),
    "rebates/all_closings": call(),
    "rebates/all_entries": page(after="", limit=PAGE),
    "rebates/all_payments": page(after="", limit=PAGE),
    "rebates/blocks": page(after=0, limit=PAGE),
    "rebates/book_payments": each(
        "events", lambda one: {"id": f"new {one}", "event": one, "period": "2026-07", "fen": 1, "block": 1}
    ),
    "rebates/books": call(),
    "rebates/change_decisions": each(
        "decisions", lambda one: {"id": one, "now": {"rebate": one, "state": "HELD", "at": AT, "payee": "x"}}
    ),
    "rebates/change_beside_entries": each(
        "entries", lambda one: {"id": one, "now": {"id": one, "state": "SETTLED", "at": AT, "payee": "x"}}
    ),
    "rebates/checkpoints": rows("accounts", period="2026-07"),
    "rebates/decisions_by_payee": rows("payees", statuses=STATUSES, **FIRST_PAGE),
    "rebates/decisions_by_status": page(status="ACCRUED", **FIRST_PAGE),
    "rebates/decisions_by_trigger": rows("scans"),
    "rebates/decisions_in_time": page(**FIRST_PAGE),
    "rebates/delete_decisions": rows("decisions"),
    "rebates/delete_resting_on": each("rested", lambda one: one | {"relation": "OWNED_BY"}),
    "rebates/due_between": counted("due", rows=[{"after": EVER, "through": NEVER}], limit=ALL),
    "rebates/entries_by_payee": rows("payees", statuses=STATUSES, **FIRST_PAGE),
    "rebates/entries_by_trigger": rows("scans"),
    "rebates/entries_in_time": page(statuses=STATUSES, **FIRST_PAGE),
    "rebates/forget_tallies": counted("decision", begin='["r:', parts=2, key="", limit=10),
    "rebates/freeze": each(
        "accounts", lambda one: {"payee": one, "period": "2026-07", "block": 1, "openingFen": 0}, period="2026-07"
    ),
    "rebates/frozen": rows("accounts", period="2026-07"),
    "rebates/known_payees": Sample(lambda picks: {"rows": [*picks["parties"][:20], *picks["identifiers"]]}),
    "rebates/last_booked": rows("scans"),
    "rebates/late_lines": Sample(
        lambda picks: {"rows": picks["accounts"], "start": NEVER, "before": -1, "block": ALL},
        lambda picks: picks.counts["entry"],
    ),
    "rebates/leave_entries": each("entries", lambda one: {"id": one, "now": {"id": one, "at": AT, "payee": "x"}}),
    "rebates/lines_of_accounts": Sample(
        lambda picks: {
            "rows": picks["accounts"],
            **{"start": AT, "end": NEVER, "before": -1, "block": ALL, "limit": PAGE},
        },
        lambda picks: picks.counts["entry"],
    ),
    "rebates/lines_of_month": rows("accounts", at=EVER, id="", end=NEVER, block=ALL, limit=PAGE),
    "rebates/link_reversals": each("entries", lambda entry: {"id": entry, "reverses": entry}),
    "rebates/mark_settled": rows("scans"),
    "rebates/paid_accounts_after": page(after="", limit=PAGE),
    "rebates/payees_after": counted("entry", after="", limit=PAGE),
    "rebates/payments_of": Sample(lambda picks: {"rows": picks["accounts"]}, lambda picks: len(picks["accounts"])),
    "rebates/payments_standing": rows("events"),
    "rebates/pseudonyms": counted("event"),
    "rebates/rules": counted("rule"),
    "rebates/seal_block": call(number=2**31, at=AT, previous="", seals=b"", hash="new"),
    "rebates/seal_closings": rows("events", block=1),
    "rebates/settled_before": counted("decision", rows=[{"before": NEVER}], limit=ALL),
    "rebates/cartons_among": rows("cartons"),
    "rebates/cartons_handed": counted("naming", rows=[{"type": "goods.received", "from": EVER, "to": NEVER}]),
    "rebates/closings": call(),
    "rebates/closings_named": rows("events"),
    "rebates/delete_tallies": rows("decisions"),
    "rebates/devices_of_events": rows("events"),
    "rebates/devices_of_identifiers": rows("identifiers"),
    "rebates/events_between": counted("scan", rows=[{"type": "goods.scanned", "from": EVER, "to": NEVER}]),
    "rebates/first_registrations": counted("event", before=NEVER),
    "rebates/first_sight": rows("identifiers"),
    "rebates/first_shown": rows("identifiers"),
    "rebates/refunds_of_orders": rows("events"),
    "rebates/reserved_before": counted(
        "decision",
        rows=[
            {"key": "k", "rule": "r", "group": "S", "role": None, "from": EVER, "at": AT, "trigger": "t", "rank": 0},
            {"key": "l", "rule": "r", "group": None, "role": None, "from": EVER, "at": AT, "trigger": "t", "rank": 0},
        ],
    ),
    "rebates/reserved_from": counted("decision", rule="miaowang-scan:123456", limit=10, **{"from": EVER}),
    "rebates/reserved_between": counted("decision", rule="miaowang-scan", **{"from": EVER, "to": NEVER}),
    "rebates/reserved_of_payees": counted(
        "decision", rows=[{"rule": "miaowang-scan", "group": "S", "part": "", "from": EVER, "to": NEVER}]
    ),
    "rebates/returning_between": counted("event", rows=[{"rule": "miaowang-scan", "from": EVER, "to": NEVER}]),
    "rebates/reviews": rows("decisions"),
    "rebates/scans_after": rows("scans", window=1),
    "rebates/scans_on_devices": each("identifiers", lambda one: {"device": one, "from": EVER, "to": NEVER}),
    "rebates/scans_out_of": rows("cartons", before=NEVER),
    "rebates/shown_on_devices": each("identifiers", lambda one: {"device": one, "from": EVER, "to": NEVER}),
    "rebates/take_nodes": each(
        "decisions", lambda one: {"id": one, "now": {"id": one, "state": "ACCRUED", "at": AT, "payee": "x"}}
    ),
    "rebates/tallies": rows("decisions"),
    "rebates/tallies_after": counted("decision", begin='["r:', parts=2, after="", limit=10),
    "rebates/tallies_of_rule": counted("decision", rule="miaowang-scan:123456", since="2026-07-05"),
    "rebates/triggers_by_capped_accounts": each("identifiers", lambda one: {"account": one}, limit=ALL),
    "rebates/triggers_of_reviews": rows("events"),
    "rebates/triggers_on_devices": each(
        "identifiers", lambda one: {"device": one, "from": EVER, "to": NEVER}, limit=ALL
    ),
    "rebates/write_tallies": each("decisions", lambda one: {"id": one, "rule": "r", "gauges": []}),
    "rebates/stamp_rules": call(),
    "channel/stamp": call(),
    "rebates/standing": rows("scans"),
    "rebates/orders_resting_on": rows("scans"),
    "rebates/trade_triggers": rows("trades"),
    "rebates/triggers_by_account": each(
        "holders", lambda one: {"account": one, "from": EVER, "below": True}, limit=ALL
    ),
    "rebates/triggers_by_order": each("orders", lambda one: {"order": one}, limit=ALL),
    "rebates/triggers_by_voucher": each("vouchers", lambda one: {"voucher": one}, limit=ALL),
    "rebates/triggers": Sample(lambda picks: {"rows": [*picks["scans"], *picks["receipts"]]}),
    "rebates/triggers_by_party": each("parties", lambda one: {"party": one, "from": AT}, limit=ALL),
    "rebates/triggers_by_promo_code": each("promo_codes", lambda one: {"promoCode": one, "from": AT}, limit=ALL),
    "rebates/triggers_by_sku": Sample(
        lambda picks: {"rows": [{"sku": one, "from": AT} for one in picks["skus"]], "limit": ALL},
        lambda picks: picks.counts["naming"],
    ),
    "rebates/triggers_since": counted("scan", rows=[{"type": "goods.scanned", "from": EVER}], limit=ALL),
    "rebates/unsealed_closings": call(),
    "rebates/write_decisions": each("scans", _decision),
    "rebates/entries_of_accounts": rows("payees"),
    "rebates/forget_frozen": rows("payees"),
    "trade/purchases": rows("identifiers"),
    "rebates/rename_payees": each("entries", lambda one: {"entry": one, "payee": "y"}),
    "rederive/delete_strays": rows("decisions"),
    "rederive/events": page(after="", limit=PAGE),
    "rederive/identifiers": page(after="", limit=PAGE),
    "rederive/parties": page(after="", limit=PAGE),
    "rederive/runs": page(after="", limit=PAGE),
    "rederive/triggers": page(at=EVER, after="", limit=PAGE),
    "trade/accounts_of_pets": rows("pets"),
    "trade/accounts_of_vouchers": rows("vouchers"),
    "trade/invitations_between": page(**{"from": EVER, "until": NEVER, "limit": PAGE}),
    "trade/invitees_counted": rows("inviters"),
    "trade/level_page": rows("inviters", at=EVER, event="", limit=PAGE),
    "trade/next_level": rows("inviters", limit=ALL),
    "trade/order_facts": rows("orders"),
    "trade/redeemed_between": page(**{"from": EVER, "until": NEVER, "limit": PAGE}),
    "trade/refused_invitations": page(reason="self_referral", at=EVER, event="", limit=PAGE),
    "trade/registered": rows("identifiers"),
    "trade/seen_together": rows("identifiers", types=["DEVICE"]),
    "trade/winning_scans": rows("events"),
    "trade/placements": rows("orders"),
    "trade/touched": rows("trades"),
    "trade/vouchers": rows("vouchers"),
    "trade/vouchers_of_accounts": rows("holders"),
    "rederive/strays": Sample(lambda picks: {}, lambda picks: picks.counts["decision"] + picks.counts["member"]),
}
