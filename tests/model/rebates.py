"""Who is paid what for each event, and why, or why not; the rules for scans and receipts are told here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.model.amounts import Bases
from tests.model.channel import contains
from tests.model.decision import Decision, nothing
from tests.model.log import Fact, Key
from tests.model.orders import order
from tests.model.ownership import RETAIL, Ownership, way
from tests.model.redemptions import redemption
from tests.model.registrations import registration
from tests.model.roles import clerk
from tests.model.rules import Circumstances, Rule, matches, paying

if TYPE_CHECKING:
    from tests.model.world import World


def decisions(world: World) -> Iterator[Decision]:
    decide = {
        "goods.scanned": consumer_scan,
        "voucher.redeemed": redemption,
        "member.registered": registration,
        "order.placed": order,
    }
    for fact in world.facts:
        if fact.type in decide:
            yield from decide[fact.type](world, fact)
    yield from store_receipts(world)


# --- a consumer's scan ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One scan in the eyes of one rule."""

    rule: Rule
    scan: Fact
    world: World
    """What the rule may know: with `lateBindingDays`, not what was recorded after its window."""
    sku: str
    at_scan: Ownership
    window_closed: bool
    consumer: str
    """Whose account the scan is for, by what all facts say."""
    price: int


def consumer_scan(world: World, scan: Fact) -> list[Decision]:
    invalid = world.goods.verdicts[scan.id]
    if invalid:
        return nothing(scan, invalid)
    consumer = world.account(scan)
    assert consumer is not None, "a valid scan names a member"
    code = scan.body["code"]
    made = world.goods.story(code).commissioning(scan.key)
    assert made is not None, "a valid scan is of a commissioned code"
    price = price_of(world, made.body["sku"], scan)
    cases = {}
    for rule in world.rules.in_force("CONSUMER_SCAN", scan.at):
        # What the item is comes from all facts: a consumer is not punished for late papers.
        known, closed = knowledge(world, rule, scan)
        at_scan = known.ownership(code, before=scan.key)
        store = known.channel.parties.get(at_scan.store, scan.at)
        now = Circumstances(
            brand=world.channel.products.get(made.body["sku"], scan.at).get("brand"),
            batch=made.body["batch"],
            sku=made.body["sku"],
            campaign=scan.body.get("campaign"),
            region=scan.body.get("region") or store.get("region"),
            channel=scan.body.get("channel"),
            store_tier=(store.get("attributes") or {}).get("tier"),
        )
        # Without a promo code nobody asks for a clerk's share.
        asked = set(rule.roles) - (set() if scan.body.get("promoCode") else {"CLERK"})
        if asked and matches(rule, now):
            cases[rule.id] = Case(rule, scan, known, made.body["sku"], at_scan, closed, consumer, price)
    paid = [cases[rule.id] for rule in paying([case.rule for case in cases.values()])]
    entries = [scan_entry(case, role) for case in paid for role in case.rule.roles]
    return [entry for entry in entries if entry] if paid else nothing(scan, "no_rule")


def price_of(world: World, sku: str, fact: Fact) -> int:
    """The list price of a unit."""
    return world.channel.products.get(sku, fact.at).get("priceFen") or 0


def knowledge(world: World, rule: Rule, scan: Fact) -> tuple[World, bool]:
    """The world as the rule may know it, and whether nothing more can be added to it."""
    if rule.late_binding_days is None:
        return world, False
    deadline = scan.recorded + timedelta(days=rule.late_binding_days)
    return world.known_by(deadline), world.clock > deadline


def scan_entry(case: Case, role: str) -> Decision | None:
    rule, scan = case.rule, case.scan
    # What the item is, its price included, comes from all facts.
    fen, points = rule.pay({"GOODS_PRICE": case.price})[role]
    paid = rule.round(fen), points

    def rejected(payee: str | None, reason: str) -> Decision:
        return Decision(rule.id, rule.version, scan.id, role, payee, "REJECTED", reason=reason)

    def accrued(payee: str) -> Decision:
        return Decision(rule.id, rule.version, scan.id, role, payee, "ACCRUED", *paid, exact=fen)

    if role == "CONSUMER":
        return accrued(case.consumer)
    if role == "CLERK":
        if not scan.body.get("promoCode"):
            return None
        who = clerk(case.world, None, scan.body["promoCode"], scan)
        reason = "region_mismatch" if region_mismatch(case) else who.reason
        return accrued(who.payee) if who.payee and not reason else rejected(who.payee, reason or "clerk_inactive")
    payee = filled(role, case.world, case.at_scan, scan)
    if region_mismatch(case):
        return rejected(payee, "region_mismatch")
    if case.at_scan.store is None:
        if case.window_closed:
            return rejected(None, "late_binding_window_passed")
        suspended = Decision(rule.id, rule.version, scan.id, role, None, "SUSPENSE", *paid, exact=fen)
        return replace(suspended, reason="ownership_unconfirmed")
    return accrued(payee) if payee else rejected(None, "no_" + role.lower())


def filled(role: str, world: World, at_scan: Ownership, scan: Fact) -> str | None:
    if role in RETAIL:
        return at_scan.store if world.channel.kind(at_scan.store, scan.at) == role else None
    return {"DISTRIBUTOR": at_scan.way.distributor, "SALESPERSON": at_scan.way.salesperson}.get(role)


def region_mismatch(case: Case) -> bool:
    region, distributor = case.scan.body.get("region"), case.at_scan.way.distributor
    if case.rule.body.get("onRegionMismatch") != "PAY_CONSUMER_ONLY" or not region or not distributor:
        return False
    held = case.world.channel.territories(distributor, case.scan.at, case.sku)
    return bool(held) and not any(contains(one.region, region) for one in held)


# --- a store's receipt ------------------------------------------------------------------------------------


def store_receipts(world: World) -> Iterator[Decision]:
    paid_for: set[tuple[str, str]] = set()  # (item, store): each code pays a store once
    for receipt in world.facts:
        if receipt.type == "goods.received" and world.channel.kind(receipt.body["party"], receipt.at) == "STORE":
            yield from store_receipt(world, receipt, paid_for)


def store_receipt(world: World, receipt: Fact, paid_for: set[tuple[str, str]]) -> list[Decision]:
    store = receipt.body["party"]
    codes = {world.goods.items.of(code): code for code in reversed(receipt.body["codes"])}
    stories = {item: world.goods.story(item) for item in codes}
    born = [item for item in codes if (birth := stories[item].born) and birth < receipt.key]
    if not born:
        return nothing(receipt, "unknown_code")
    # The contract is silent on a receipt of destroyed goods: like codes not commissioned they are skipped.
    whole = [item for item in born if not before(stories[item].destroyed, receipt.key)]
    if not whole:
        return nothing(receipt, "destroyed")
    entries: dict[tuple[str, str, str | None], list[Decision]] = defaultdict(list)  # (rule, role, payee), by code
    owned: dict[str, Rule] = {}
    for item in whole:
        matching = rules_for(world, receipt, item, store)
        if world.ownership(item, before=receipt.key).owner == store or (item, store) in paid_for:
            owned |= {rule.id: rule for rule in matching}
            continue
        if matching:
            paid_for.add((item, store))
        placed = way(world.channel, stories[item], store, receipt.key, receipt.at)
        roles = {"STORE": store, "DISTRIBUTOR": placed.distributor, "SALESPERSON": placed.salesperson}
        made = stories[item].commissioning(receipt.key)
        bases = {"GOODS_PRICE": price_of(world, made.body["sku"], receipt) if made else 0}
        for rule in paying(matching):
            for role in rule.roles:
                if role != "CLERK":  # a receipt names no clerk
                    entry = receipt_entry(rule, receipt, role, roles.get(role), bases)
                    entries[rule.id, role, roles.get(role)].append(entry)
    if entries:
        return [together(of_codes) for of_codes in entries.values()]
    if owned:
        rule = owned[min(owned)]
        return [Decision(rule.id, rule.version, receipt.id, "STORE", store, "REJECTED", reason="already_owned")]
    return nothing(receipt, "no_rule")


def before(moment: Key | None, key: Key) -> bool:
    return moment is not None and moment < key


def rules_for(world: World, receipt: Fact, item: str, store: str) -> list[Rule]:
    made = world.goods.story(item).commissioning(receipt.key)
    if made is None:
        return []  # a container without papers is of no brand
    party = world.channel.parties.get(store, receipt.at)
    now = Circumstances(
        brand=world.channel.products.get(made.body["sku"], receipt.at).get("brand"),
        batch=made.body["batch"],
        sku=made.body["sku"],
        campaign=None,
        region=party.get("region"),
        channel=None,
        store_tier=(party.get("attributes") or {}).get("tier"),
    )
    in_force = world.rules.in_force("STORE_RECEIPT", receipt.at)
    return [rule for rule in in_force if set(rule.roles) - {"CLERK"} and matches(rule, now)]


def receipt_entry(rule: Rule, receipt: Fact, role: str, payee: str | None, bases: Bases) -> Decision:
    """For one code."""
    if payee is None:
        reason = "no_" + role.lower()
        return Decision(rule.id, rule.version, receipt.id, role, None, "REJECTED", reason=reason)
    fen, points = rule.pay(bases)[role]
    return Decision(rule.id, rule.version, receipt.id, role, payee, "ACCRUED", rule.round(fen), points, exact=fen)


def together(entries: list[Decision]) -> Decision:
    """Amount × codes: each code's amount is rounded."""
    sums = (sum(one.amount_fen for one in entries), sum(one.points for one in entries))
    return replace(
        entries[0], amount_fen=sums[0], points=sums[1], exact=sum((one.exact for one in entries), Fraction())
    )
