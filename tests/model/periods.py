"""What rules of a period pay when a month is closed: measures, tiers, and the difference to what was settled before.

The contract is short here. A closing pays for the rule's period as far as it has come: all of a month, a quarter or
year up to the end of the month that is closed, less what earlier closings of the same period have settled. The rule in
force at the end of the closed month counts. A party that did nothing that is counted is not told of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.model import orders, registrations
from tests.model.decision import Decision, nothing
from tests.model.log import Fact
from tests.model.ownership import RETAIL, way
from tests.model.refunds import refunds_of, taken_back
from tests.model.roles import Case, Filled, clerk, of_store
from tests.model.rules import Circumstances, Rule, matches

if TYPE_CHECKING:
    from tests.model.world import World

CHINA = timezone(timedelta(hours=8))
MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


@dataclass(frozen=True)
class Count:
    """Something that is counted: when, for whom by role, how much."""

    at: datetime
    roles: dict[str, str | None]
    now: Circumstances
    amount: int = 1


def month_end(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=CHINA)


def period_begin(period: str, month: str) -> datetime:
    year, number = map(int, month.split("-"))
    length = MONTHS[period]
    return datetime(year, (number - 1) // length * length + 1, 1, tzinfo=CHINA)


def decisions(world: World) -> Iterator[Decision]:
    for fact in world.facts:
        if fact.type == "period.closed":
            yield from period_closed(world, fact)


def period_closed(world: World, closing: Fact) -> list[Decision]:
    decided = []
    end = month_end(closing.body["period"])
    for rule in world.rules.in_force("PERIOD", end - timedelta(microseconds=1)):
        settled = settled_before(world, rule, closing)
        for payee, measured in sorted(measure(world, rule, closing.body["period"]).items()):
            decided.append(entry(rule, closing, payee, measured, settled.get(payee, (0, Fraction(0)))))
    return decided or nothing(closing, "no_rule")


def entry(rule: Rule, closing: Fact, payee: str, measured: int, settled: tuple[int, Fraction]) -> Decision:
    role = rule.body["payee"]
    exact = paid_for(rule, measured)
    if exact is None:
        return Decision(rule.id, rule.version, closing.id, role, payee, "REJECTED", reason="target_not_met")
    fen, exact = max(0, rule.round(exact) - settled[0]), max(Fraction(0), exact - settled[1])
    return Decision(rule.id, rule.version, closing.id, role, payee, "ACCRUED", fen, exact=exact)


def settled_before(world: World, rule: Rule, closing: Fact) -> dict[str, tuple[int, Fraction]]:
    """What earlier closings of the rule's period came to; by payee, rounded and exact."""
    begin = period_begin(rule.body["period"], closing.body["period"])
    settled: dict[str, tuple[int, Fraction]] = {}
    for fact in world.facts:
        if fact.type != "period.closed" or fact.key >= closing.key:
            continue
        month = fact.body["period"]
        earlier = next((one for one in in_force_at_end(world, month) if one.id == rule.id), None)
        if earlier is None or period_begin(earlier.body["period"], month) != begin:
            continue
        for payee, measured in measure(world, earlier, month).items():
            exact = paid_for(earlier, measured) or Fraction(0)
            fen, more = settled.get(payee, (0, Fraction(0)))
            settled[payee] = max(fen, earlier.round(exact)), max(more, exact)
    return settled


def in_force_at_end(world: World, month: str) -> list[Rule]:
    return world.rules.in_force("PERIOD", month_end(month) - timedelta(microseconds=1))


def paid_for(rule: Rule, measured: int) -> Fraction | None:
    """None below the target, or below every tier."""
    tiers = sorted(rule.body["tiers"], key=lambda tier: tier["from"])
    reached = [tier for tier in tiers if tier["from"] <= measured]
    if measured < (rule.body.get("target") or 0) or not reached:
        return None
    if rule.body.get("mode") != "STEPPED":
        return rate(reached[-1], measured)
    ends = [tier["from"] for tier in reached[1:]] + [measured]
    return sum((rate(tier, end - tier["from"]) for tier, end in zip(reached, ends, strict=True)), Fraction(0))


def rate(tier: dict[str, int], units: int) -> Fraction:
    """A tier's `fen` is paid once it is reached."""
    if "fen" in tier:
        return Fraction(tier["fen"])
    return Fraction(tier["fenPer"] * units) if "fenPer" in tier else Fraction(tier["bps"] * units, 10_000)


# --- what is counted --------------------------------------------------------------------------------------


def measure(world: World, rule: Rule, month: str) -> Counter[str]:
    """By payee, from the beginning of the rule's period to the end of a month."""
    begin, end = period_begin(rule.body["period"], month), month_end(month)
    kind = rule.body["measure"]
    if kind in {"SALES_FEN", "NEW_MEMBERS"}:
        total: Counter[str] = Counter()
        for at, payee, amount in (sales if kind == "SALES_FEN" else new_members)(world, rule):
            if begin <= at < end:
                total[payee] += amount
        return total
    if kind == "CARTONS_ELIGIBLE":
        came = summed(rule, within(cartons_received(world), begin, end)) + summed(rule, carried_in(world, begin))
        return came & summed(rule, within(cartons_opened(world), begin, end))
    counted = {
        "CARTONS_RECEIVED": cartons_received,
        "UNITS_SOLD_THROUGH": valid_scans,
        "CARTONS_SOLD_THROUGH": cartons_opened,
        "SCANS": valid_scans,
    }[kind]
    return summed(rule, within(counted(world), begin, end))


def within(counts: Iterator[Count], begin: datetime, end: datetime) -> Iterator[Count]:
    return (one for one in counts if begin <= one.at < end)


def summed(rule: Rule, counts: Iterator[Count]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        payee = one.roles.get(rule.body["payee"])
        if payee is not None and matches(rule, one.now):
            total[payee] += one.amount
    return total


def valid_scans(world: World) -> Iterator[Count]:
    for scan in world.facts:
        if scan.type == "goods.scanned" and world.goods.verdicts[scan.id] is None:
            yield opening(world, scan)


def opening(world: World, scan: Fact) -> Count:
    code = scan.body["code"]
    at_scan = world.ownership(code, before=scan.key)
    roles = {"CONSUMER": world.account(scan)}
    if at_scan.store is not None:
        roles |= {"DISTRIBUTOR": at_scan.way.distributor, "SALESPERSON": at_scan.way.salesperson}
        roles[world.channel.kind(at_scan.store, scan.at) or ""] = at_scan.store
    if scan.body.get("promoCode"):
        who = clerk(world, None, scan.body["promoCode"], scan)
        roles |= {"CLERK": None if who.reason else who.payee}
    now = circumstances(world, code, scan, at_scan.store)
    return Count(scan.at, roles, now)


def circumstances(world: World, code: str, fact: Fact, party: str | None) -> Circumstances:
    made = world.goods.story(code).commissioning(fact.key)
    said = world.channel.parties.get(party, fact.at)
    sku = made.body["sku"] if made else None
    return Circumstances(
        brand=world.channel.products.get(sku, fact.at).get("brand"),
        batch=made.body["batch"] if made else None,
        sku=sku,
        campaign=fact.body.get("campaign"),
        region=fact.body.get("region") or said.get("region"),
        channel=fact.body.get("channel"),
        store_tier=(said.get("attributes") or {}).get("tier"),
    )


def cartons(world: World) -> Iterator[str]:
    """Every carton that has papers, by one of its codes."""
    for item in sorted(world.goods.stories):
        made = world.goods.stories[item].commissionings
        if made and made[-1].body["level"] == "CARTON":
            yield item


def cartons_received(world: World) -> Iterator[Count]:
    """Each carton once for each party that received it, itself or in a container, and did not own it yet."""
    for carton in cartons(world):
        received: set[str] = set()
        for one in world.goods.stories[carton].hand_overs:
            fact = one.fact
            if fact.type != "goods.received" or fact.body["party"] in received:
                continue
            party = fact.body["party"]
            if world.ownership(carton, before=fact.key).owner != party:
                received.add(party)
                yield Count(fact.at, came_to(world, carton, party, fact), circumstances(world, carton, fact, party))


def came_to(world: World, carton: str, party: str, fact: Fact) -> dict[str, str | None]:
    """The party that received it; where that is a store, who placed it there, too."""
    kind = world.channel.kind(party, fact.at) or ""
    roles: dict[str, str | None] = {kind: party}
    if kind in RETAIL:
        placed = way(world.channel, world.goods.stories[carton], party, fact.key, fact.at)
        roles |= {"SALESPERSON": placed.salesperson}
    return roles


def carried_in(world: World, begin: datetime) -> Iterator[Count]:
    """The cartons that parties owned when the period began and that no consumer had opened."""
    opened = {carton for carton, scan in openings(world) if scan.at < begin}
    for carton in cartons(world):
        owner = world.ownership(carton, before=(begin, "")).owner
        confirmed = [one.fact for one in world.goods.stories[carton].hand_overs if one.fact.key < (begin, "")]
        if owner is not None and carton not in opened:
            last = confirmed[-1]
            yield Count(begin, came_to(world, carton, owner, last), circumstances(world, carton, last, owner))


def openings(world: World) -> Iterator[tuple[str, Fact]]:
    """Each carton with the first valid scan of a unit that had been packed into it last."""
    opened: set[str] = set()
    with_papers = set(cartons(world))
    for scan in world.facts:
        if scan.type == "goods.scanned" and world.goods.verdicts[scan.id] is None:
            moves = world.goods.story(scan.body["code"]).moves
            packed = [one.container for one in moves if one.inside and one.fact.key < scan.key]
            carton = world.goods.items.of(packed[-1]) if packed else ""
            if carton in with_papers - opened:
                opened.add(carton)
                yield carton, scan


def cartons_opened(world: World) -> Iterator[Count]:
    for _, scan in openings(world):
        yield opening(world, scan)


# --- trade ------------------------------------------------------------------------------------------------


def sales(world: World, rule: Rule) -> Iterator[tuple[datetime, str, int]]:
    """What orders of the rule's lines net, less what was paid back of them, for whoever is the role at the order."""
    for fact in world.trade.orders.values():
        store, promo_code = orders.store_of(world, fact), fact.body.get("promoCode")
        account, campaign = world.account(fact), fact.body.get("campaign")
        case = Case(world, fact, account, store=store, campaign=campaign, names_clerk=bool(promo_code))
        lines = orders.lines_for(world, case, rule)
        who = orders.roles(world, case).get(rule.body["payee"])
        if lines and who and who.payee and not who.reason:
            net = orders.bases(world, fact, lines)["NET_PAID"]
            paid_for = tuple((line["line"], line["netFen"]) for line in lines)
            sold = Decision("", 0, fact.id, "", None, "", net, lines=paid_for)
            back = sum(taken_back(sold, refund)[0] for refund in refunds_of(world, fact.id))
            yield fact.at, who.payee, net - back


def new_members(world: World, rule: Rule) -> Iterator[tuple[datetime, str, int]]:
    """Each member once, where it registered first."""
    known: set[Any] = set()
    for fact in world.facts:
        person = world.person(fact) if fact.type == "member.registered" else None
        if person is None or person in known:
            continue
        known.add(person)
        named, promo_code = fact.body.get("clerk"), fact.body.get("promoCode")
        store = registrations.store_of(world, fact)
        case = Case(world, fact, world.account(fact), store=store, names_clerk=bool(named or promo_code))
        filled = {role: one for role, one in of_store(world, store, fact).items() if role in RETAIL}
        filled |= {"CLERK": clerk(world, named, promo_code, fact), "CONSUMER": Filled(world.account(fact))}
        who = filled.get(rule.body["payee"])
        if case.fits(rule) and who and who.payee and not who.reason:
            yield fact.at, who.payee, 1
