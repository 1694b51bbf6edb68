"""What the triggers of trade share: where an event happened, which rules match it, and one entry for each role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import RETAIL_KINDS
from graph_service.graph.driver import Row
from graph_service.intake.rule import Role, Trigger
from graph_service.rebates.amounts import Bases
from graph_service.rebates.decision import Decision, nothing
from graph_service.rebates.rulebook import Chosen, Circumstances, Publication, Rulebook, choose, matches

PROMOTER_KINDS = frozenset({"CLERK", "STORE", "GROUP_LEADER"})


class Filled(NamedTuple):
    """Who a role is: the payee, and why they earn nothing though they are known."""

    payee: str | None
    reason: str | None = None


Roles = Mapping[Role, Filled]


class Line(NamedTuple):
    """A line of an order, with what was paid for it in fen."""

    line: str
    net_fen: int


@dataclass(frozen=True, slots=True)
class TradeCase:
    """An event of trade in the eyes of a rule that pays for it.

    Attributes:
        chosen: the rule, with those that it beat.
        circumstances: what its scope was compared with.
        bases: what shares are of.
        lines: of an order those that the rule is about, in declared order.
    """

    chosen: Chosen
    circumstances: Circumstances
    bases: Bases
    lines: tuple[Line, ...] = ()


@dataclass(slots=True)
class TradeOutcome:
    """All decisions on an event of trade, with their grounds.

    Attributes:
        decisions: by decision, the case that it comes from; None for the event as a whole.
        rests_on: every party that counted.
        grounds: what else they rest on, for explanations: events by what they are for.
        trigger: what the event says, as a row.
        distributor: who supplied the store, whether or not a rule pays them.
    """

    decisions: list[tuple[Decision, TradeCase | None]] = field(default_factory=list)
    rests_on: set[str] = field(default_factory=set)
    grounds: dict[str, str | None] = field(default_factory=dict)
    trigger: Row = field(default_factory=dict)
    distributor: str | None = None

    def rest_on(self, place: "Place") -> None:
        """Takes in where the event happened."""
        self.rests_on |= place.passed
        self.distributor = place.roles().get("DISTRIBUTOR", Filled(None)).payee

    def end(self, event: str, reason: str) -> "TradeOutcome":
        """Adds that the event as a whole pays nothing, unless something was decided."""
        if not self.decisions:
            self.decisions.append((nothing(event, reason), None))
        return self


class Place:
    """Where an event of trade happened.

    Args:
        channel: what is known of parties; that of the store's suppliers included.
        store: id of a store or group leader; None where there is none.
        at: when, in microseconds.
    """

    def __init__(self, channel: ChannelView, store: str | None, at: int) -> None:
        self.store = store
        self._channel = channel
        self._at = at
        self.brands, self.passed = channel.suppliers_above(store, at) if store else (set[str](), set[str]())
        self._profile = channel.parties.get(store, at)

    def circumstances(self, brand: str | None, *, campaign: str | None, channel: str | None = None) -> Circumstances:
        """What scopes are compared with."""
        return Circumstances(
            brand=brand,
            batch=None,
            sku=None,
            campaign=campaign,
            region=self._profile.get("region"),
            channel=channel,
            store_tier=(self._profile.get("attributes") or {}).get("tier"),
        )

    def retail(self) -> dict[Role, Filled]:
        """The store, or the group leader in the place of one."""
        kind = self._profile.get("kind")
        if kind not in RETAIL_KINDS or self.store is None:
            return {}
        return {"STORE" if kind == "STORE" else "GROUP_LEADER": Filled(self.store)}

    def roles(self) -> dict[Role, Filled]:
        """The same, with who supplied and served it then; of several the link that began last."""
        if self.store is None:
            return {}
        suppliers = [
            party
            for party in self._channel.parents(self.store, "SUPPLIES", self._at)
            if self._channel.kind(party, self._at) == "DISTRIBUTOR"
        ]
        serving = self._channel.parents(self.store, "SERVES", self._at)
        found: dict[Role, Filled] = {}
        if suppliers:
            found["DISTRIBUTOR"] = Filled(suppliers[-1])
        if serving:
            found["SALESPERSON"] = Filled(serving[-1])
        return self.retail() | found


def clerk_role(channel: ChannelView, named: str | None, promo_code: str | None, at: int) -> Filled:
    """The clerk that an event names, else the one of its promo code."""
    clerk = named or channel.promoter(promo_code, at, {"CLERK"})
    return Filled(clerk, None if clerk is not None and channel.earns(clerk, at) else "clerk_inactive")


def chosen_by_place(
    rules: Rulebook, trigger: Trigger, at: int, place: Place, campaign: str | None, channel: str | None, *, clerk: bool
) -> list[tuple[Chosen, Circumstances]]:
    """The rules that pay for an event without a product: it belongs to every brand above its store.

    Args:
        rules: all rules.
        trigger: which kind of rule.
        at: when it happened, in microseconds.
        place: where.
        campaign: that it is part of.
        channel: that it came by.
        clerk: whether it names a clerk.
    """
    found: dict[str, tuple[Publication, Circumstances]] = {}
    for publication in rules.in_force(trigger, at):
        brand = publication.rule.brand if publication.rule.brand in place.brands else None
        now = place.circumstances(brand, campaign=campaign, channel=channel)
        if is_asked(publication, clerk=clerk) and matches(publication, now):
            found[publication.rule.id] = (publication, now)
    chosen = choose(publication for publication, _ in found.values())
    return [(one, found[one.publication.rule.id][1]) for one in chosen]


def is_asked(publication: Publication, *, clerk: bool) -> bool:
    """Whether an event asks for any role of a rule; without a clerk, nobody asks for a clerk's share."""
    return bool(set(publication.roles) - (set() if clerk else {"CLERK"}))


def entries(event: str, case: TradeCase, roles: Roles, *, clerk: bool) -> Iterable[tuple[Decision, TradeCase]]:
    """One entry for each role of a rule; a clerk's only where the event names one."""
    publication = case.chosen.publication
    amounts = publication.amounts(case.bases)
    for role in publication.roles:
        if role == "CLERK" and not clerk:
            continue
        payee, reason = roles.get(role, Filled(None))
        if payee is None or reason is not None:
            rejected = publication.rejection(event, role, payee, reason or f"no_{role.lower()}")
            yield rejected, case
        else:
            yield replace(publication.entry(event, role, payee, amounts[role]), lines=case.lines), case
