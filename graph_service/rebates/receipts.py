"""Who is paid when a store receives goods (`STORE_RECEIPT` in `contract/rules.md`)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph_service.channel.view import ChannelView
from graph_service.goods.containment import Position
from graph_service.goods.ownership import Way, ownership, way_to
from graph_service.goods.story import Story
from graph_service.intake.rule import Role
from graph_service.rebates.amounts import Bases
from graph_service.rebates.decision import Decision, added, nothing
from graph_service.rebates.rulebook import Chosen, Circumstances, Publication, Rulebook, choose, matches

# A receipt names no clerk.
_NOT_ASKED = frozenset({"CLERK"})


@dataclass(frozen=True, slots=True)
class ReceivedItem:
    """Codes of one history that a receipt names, and how many they are."""

    key: str
    story: Story
    count: int


@dataclass(frozen=True, slots=True)
class ReceiptTrigger:
    """A receipt, as rules see it; `at` is in microseconds."""

    event: str
    at: int
    party: str
    items: tuple[ReceivedItem, ...]

    @property
    def position(self) -> Position:
        """Where it stands in time."""
        return (self.at, self.event)


@dataclass(frozen=True, slots=True)
class ReceiptCase:
    """Codes of a receipt in the eyes of one rule that pays for them.

    Attributes:
        chosen: the rule, with those that it beat.
        way: who placed the goods with the store.
        codes: how many codes it pays for.
        items: keys of their runs.
        bases: what the list price of each code was.
    """

    chosen: Chosen
    way: Way
    codes: int
    items: tuple[str, ...]
    bases: Bases


@dataclass(slots=True)
class ReceiptOutcome:
    """All decisions on a receipt, with their grounds."""

    decisions: list[tuple[Decision, list[ReceiptCase]]] = field(default_factory=list)


def decide_receipt(receipt: ReceiptTrigger, channel: ChannelView, rules: Rulebook) -> ReceiptOutcome:
    """Decides on a receipt; one by anyone but a store gives no decision."""
    if channel.kind(receipt.party, receipt.at) != "STORE":
        return ReceiptOutcome()
    return _Receipt(receipt, channel, rules).outcome()


class _Receipt:
    def __init__(self, receipt: ReceiptTrigger, channel: ChannelView, rules: Rulebook) -> None:
        self._receipt = receipt
        self._channel = channel
        self._rules = rules

    def outcome(self) -> ReceiptOutcome:
        receipt = self._receipt
        born = [item for item in receipt.items if _is_before(item.story.born, receipt.position)]
        # Destroyed goods are skipped like codes that are not commissioned.
        whole = [item for item in born if not _is_before(item.story.gone, receipt.position)]
        if not whole:
            reason = "destroyed" if born else "unknown_code"
            return ReceiptOutcome([(nothing(receipt.event, reason), [])])
        paid: dict[tuple[str, Role, str | None], list[ReceiptCase]] = defaultdict(list)
        owned: list[Publication] = []
        for item in whole:
            matching = self._matching(item.story, receipt.position)
            if not self._pays(item.story, receipt.position):
                owned += matching
                continue
            way = way_to(receipt.party, item.story, self._channel, receipt.at, receipt.position)
            payees: dict[Role, str | None] = {
                "STORE": receipt.party,
                "DISTRIBUTOR": way.distributor,
                "SALESPERSON": way.salesperson,
            }
            for chosen in choose(matching):
                case = ReceiptCase(chosen, way, item.count, (item.key,), self._bases(item.story))
                for role in _asked(chosen.publication):
                    paid[chosen.publication.rule.id, role, payees.get(role)].append(case)
        return ReceiptOutcome(self._decisions(paid, owned))

    def _decisions(
        self, paid: dict[tuple[str, Role, str | None], list[ReceiptCase]], owned: Iterable[Publication]
    ) -> list[tuple[Decision, list[ReceiptCase]]]:
        event = self._receipt.event
        if paid:
            return [(self._entry(role, payee, cases), cases) for (_, role, payee), cases in paid.items()]
        first = min(owned, key=lambda one: one.rule.id, default=None)
        if first is None:
            return [(nothing(event, "no_rule"), [])]
        decision = Decision(
            first.rule.id,
            first.rule.version,
            event,
            "STORE",
            self._receipt.party,
            "REJECTED",
            reason="already_owned",
        )
        return [(decision, [])]

    def _entry(self, role: Role, payee: str | None, cases: list[ReceiptCase]) -> Decision:
        publication = cases[0].chosen.publication
        if payee is None:
            return publication.rejection(self._receipt.event, role, None, f"no_{role.lower()}")
        parts = [
            publication.entry(self._receipt.event, role, payee, publication.amounts(case.bases)[role], codes=case.codes)
            for case in cases
        ]
        return added(parts)

    def _bases(self, story: Story) -> Bases:
        made = story.commissioning(self._receipt.position)
        return {"GOODS_PRICE": self._channel.price_of(made.sku if made else None, self._receipt.at)}

    def _pays(self, story: Story, position: Position) -> bool:
        """Whether codes are new to the store: it did not own them yet, and they never paid it before."""
        store = self._receipt.party
        if ownership(story, self._channel, position[0], position).owner == store:
            return False
        earlier = (
            one.position
            for one in story.hand_overs
            if one.type == "goods.received" and one.depth == 0 and one.receiver == store and one.position < position
        )
        return not any(self._paid_at(story, receipt) for receipt in earlier)

    def _paid_at(self, story: Story, position: Position) -> bool:
        """Whether an earlier receipt of the codes by the same store paid for them."""
        return (
            self._channel.kind(self._receipt.party, position[0]) == "STORE"
            and ownership(story, self._channel, position[0], position).owner != self._receipt.party
            and bool(self._matching(story, position))
        )

    def _matching(self, story: Story, position: Position) -> list[Publication]:
        """The rules in force that match codes received at a position."""
        made = story.commissioning(position)
        if made is None:
            return []  # A container without papers is of no brand.
        store = self._channel.parties.get(self._receipt.party, position[0])
        now = Circumstances(
            brand=self._channel.brand_of(made.sku, position[0]),
            batch=made.batch,
            sku=made.sku,
            campaign=None,
            region=store.get("region"),
            channel=None,
            store_tier=(store.get("attributes") or {}).get("tier"),
        )
        in_force = self._rules.in_force("STORE_RECEIPT", position[0])
        return [one for one in in_force if _asked(one) and matches(one, now)]


def _asked(publication: Publication) -> list[Role]:
    return [role for role in publication.roles if role not in _NOT_ASKED]


def _is_before(moment: Position | None, position: Position) -> bool:
    return moment is not None and moment < position
