"""Fetches what rules of periods count: receipts, scans, and cartons opened by consumers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.ahead import parts_of
from graph_service.channel.read import fetch_channel
from graph_service.channel.view import ChannelView
from graph_service.goods.codes import Span
from graph_service.goods.ownership import RETAIL_KINDS, ownership, way_to
from graph_service.goods.read import Goods, fetch_goods
from graph_service.goods.story import HandOver, Story
from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.measures_of_trade import MEASURED_BY, fetch_trade
from graph_service.rebates.period_rules import Count, Counts, Month, begin_of_period, rules_at_end
from graph_service.rebates.periods import end_of
from graph_service.rebates.rulebook import Circumstances, Rulebook
from graph_service.rebates.scans import clerk_of

SCANNED = frozenset({"UNITS_SOLD_THROUGH", "SCANS"})
AT_ONCE = 2_000
_EVER = -(2**62)

_HANDED = ("goods.received", "goods.transferred", "goods.returned")


@dataclass(frozen=True, slots=True)
class Opening:
    """A valid scan; `carton` is what the unit had been packed into last, where that is a carton."""

    event: str
    carton: str | None
    count: Count


async def fetch_counts(transaction: Transaction, closings: Iterable[Month], rules: Rulebook) -> Counts:
    """All that rules of periods count for some closings."""
    asked = {month.period for month in closings}
    wanted = [(one, begin_of_period(one.rule, month)) for month in asked for one in rules_at_end(rules, month)]
    counts = Counts()
    if not wanted:
        return counts
    begin, end = min(since for _, since in wanted), max(end_of(month) for month in asked)
    measures = {one.rule.measure for one, _ in wanted}
    eligible = {since for one, since in wanted if one.rule.measure == "CARTONS_ELIGIBLE"}
    if measures & SCANNED:
        scans = await _events(transaction, "goods.scanned", begin, end)
        valid = [one.count for one in await _openings(transaction, scans)]
        counts.by_measure |= dict.fromkeys(SCANNED, valid)
    if eligible or "CARTONS_RECEIVED" in measures:
        counts.by_measure["CARTONS_RECEIVED"] = await _received(transaction, begin, end)
    if eligible or "CARTONS_SOLD_THROUGH" in measures:
        scans = await _events(transaction, "goods.scanned", begin, end)
        counts.by_measure["CARTONS_SOLD_THROUGH"] = await _opened(transaction, scans, end)
    for publication, _ in wanted:
        rule = publication.rule
        if rule.measure in MEASURED_BY and (rule.id, rule.version) not in counts.of_trade:
            counts.of_trade[rule.id, rule.version] = await fetch_trade(transaction, rule, begin, end)
    for since in sorted(eligible):
        counts.carried_in[since] = await _carried_in(transaction, since)
    return counts


async def _events(transaction: Transaction, kind: str, begin: int, end: int) -> list[str]:
    rows = await transaction.rows_of("rebates/events_between", [{"type": kind, "from": begin, "to": end}])
    return [row["event"] for row in rows]


async def _openings(transaction: Transaction, scans: Collection[str]) -> list[Opening]:
    """The valid ones of some scans, oldest first."""
    found: list[Opening] = []
    for some in parts_of(sorted(scans), AT_ONCE):
        asked = await transaction.rows_of("rebates/triggers", list(some))
        rows = [row for row in asked if row["run"] is not None and not row["voided"]]
        goods = await fetch_goods(transaction, {row["item"] for row in rows})
        channel = await _channel(transaction, goods, {row["promoCode"] for row in rows} - {None})
        packed = {row["event"]: _packed_into(row, goods) for row in rows}
        cartons = await _cartons(transaction, {one for one in packed.values() if one is not None})
        for row in rows:
            story = goods.story(row["item"], row["code"])
            if story.verdicts.get(row["event"], "") is None:
                carton = packed[row["event"]]
                found.append(Opening(row["event"], carton if carton in cartons else None, _scan(row, story, channel)))
    return sorted(found, key=lambda one: (one.count.at, one.event))


def _packed_into(row: Row, goods: Goods) -> str | None:
    stays = [stay for stay in goods.stays.get(row["item"], ()) if stay.since < (row["at"], row["event"])]
    return max(stays, key=lambda stay: stay.since).container if stays else None


async def _cartons(transaction: Transaction, items: Collection[str]) -> set[str]:
    return {row["item"] for row in await transaction.rows_of("rebates/cartons_among", sorted(items))}


async def _channel(transaction: Transaction, goods: Goods, promo_codes: Collection[str] = ()) -> ChannelView:
    return await fetch_channel(transaction, parties=goods.receivers(), promo_codes=promo_codes, skus=goods.skus())


def _scan(row: Row, story: Story, channel: ChannelView) -> Count:
    at, position = row["at"], (row["at"], row["event"])
    at_scan = ownership(story, channel, at, position)
    roles: dict[str, str | None] = {"CONSUMER": row["account"]}
    if at_scan.store is not None:
        roles |= {"DISTRIBUTOR": at_scan.way.distributor, "SALESPERSON": at_scan.way.salesperson}
        roles[channel.kind(at_scan.store, at) or ""] = at_scan.store
    if row["promoCode"]:
        clerk, earns = clerk_of(channel, row["promoCode"], at)
        roles["CLERK"] = clerk if earns else None
    now = _circumstances(story, channel, at, position, at_scan.store, row)
    return Count(at, roles, now)


def _circumstances(
    story: Story,
    channel: ChannelView,
    at: int,
    position: tuple[int, str],
    party: str | None,
    said: Mapping[str, str | None] | None = None,
) -> Circumstances:
    made = story.commissioning(position)
    place, said = channel.parties.get(party, at), said or {}
    sku = made.sku if made else None
    return Circumstances(
        brand=channel.brand_of(sku, at),
        batch=made.batch if made else None,
        sku=sku,
        campaign=said.get("campaign"),
        region=said.get("region") or place.get("region"),
        channel=said.get("channel"),
        store_tier=(place.get("attributes") or {}).get("tier"),
    )


async def _received(transaction: Transaction, begin: int, end: int) -> list[Count]:
    """Each carton once for each party that received it, itself or in a container, and did not own it yet."""
    found: list[Count] = []
    rows = [{"type": "goods.received", "from": begin, "to": end}]
    handed = await transaction.rows_of("rebates/cartons_handed", rows)
    for some in parts_of(sorted(handed, key=lambda row: str(row["item"])), AT_ONCE):
        goods = await fetch_goods(transaction, {row["item"] for row in some})
        channel = await _channel(transaction, goods)
        for row in some:
            story, cartons = goods.story(row["item"]), Span(row["item"], row["last"]).count
            received: set[str] = set()
            for one in story.hand_overs:
                if one.type != "goods.received" or one.receiver is None or one.receiver in received:
                    continue
                if ownership(story, channel, one.at, one.position).owner != one.receiver:
                    received.add(one.receiver)
                    found.append(_came(story, channel, one, one.receiver, one.at, cartons))
    return found


def _came(story: Story, channel: ChannelView, one: HandOver, party: str, at: int, cartons: int) -> Count:
    """Cartons that came to a party; where that is a store, who placed them there counts, too."""
    kind = channel.kind(party, one.at) or ""
    roles: dict[str, str | None] = {kind: party}
    if kind in RETAIL_KINDS:
        roles["SALESPERSON"] = way_to(party, story, channel, one.at, one.position).salesperson
    return Count(at, roles, _circumstances(story, channel, one.at, one.position, party), cartons)


async def _opened(transaction: Transaction, scans: Collection[str], before: int) -> list[Count]:
    """The first valid scan out of each carton, as far as it is one of these scans."""
    openings = await _openings(transaction, scans)
    cartons = {one.carton for one in openings if one.carton is not None}
    first = await _first_out_of(cartons, openings, transaction, before)
    return [one.count for one in first.values() if one.event in set(scans)]


async def _first_out_of(
    cartons: Collection[str], known: Sequence[Opening], transaction: Transaction, before: int
) -> dict[str, Opening]:
    """The first valid scan out of each carton before an instant, by carton."""
    rows = await transaction.rows_of("rebates/scans_out_of", sorted(cartons), before=before)
    more = {row["event"] for row in rows} - {one.event for one in known}
    openings = sorted([*known, *await _openings(transaction, more)], key=lambda one: (one.count.at, one.event))
    first: dict[str, Opening] = {}
    for one in openings:
        if one.carton is not None:
            first.setdefault(one.carton, one)
    return first


async def _carried_in(transaction: Transaction, begin: int) -> list[Count]:
    """The cartons that parties owned at an instant and that no consumer had opened."""
    rows = [{"type": kind, "from": _EVER, "to": begin} for kind in _HANDED]
    handed = {row["item"]: row for row in await transaction.rows_of("rebates/cartons_handed", rows)}
    opened = await _first_out_of(set(handed), (), transaction, begin)
    found: list[Count] = []
    for some in parts_of(sorted(handed.keys() - opened.keys()), AT_ONCE):
        goods = await fetch_goods(transaction, some)
        channel = await _channel(transaction, goods)
        for item in some:
            story = goods.story(item)
            owner = ownership(story, channel, begin, (begin, "")).owner
            confirmed = [one for one in story.hand_overs if one.position < (begin, "")]
            if owner is not None and confirmed:
                cartons = Span(item, handed[item]["last"]).count
                found.append(_came(story, channel, confirmed[-1], owner, begin, cartons))
    return found
