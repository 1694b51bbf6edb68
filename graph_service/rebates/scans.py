"""Who is paid for a consumer's scan (`CONSUMER_SCAN` in `contract/rules.md`)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import RETAIL_KINDS, Ownership, ownership
from graph_service.goods.story import Story
from graph_service.intake.rule import Role
from graph_service.moments import DAY
from graph_service.rebates.amounts import Bases
from graph_service.rebates.decision import Decision, nothing
from graph_service.rebates.rulebook import Chosen, Circumstances, Publication, Rulebook, choose, matches


@dataclass(frozen=True, slots=True)
class ScanTrigger:
    """A consumer's scan, as rules see it.

    Attributes:
        event: its id.
        at: when it happened, in microseconds.
        recorded_at: when the log took it, in microseconds.
        account: id of the identifier that would be paid; None for no member.
        promo_code: what it carries.
        region: where it was made; the same for channel and campaign.
        device: what it was made with.
    """

    event: str
    at: int
    recorded_at: int
    account: str | None
    promo_code: str | None = None
    region: str | None = None
    channel: str | None = None
    campaign: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a scan's item and its surroundings, of all facts or of those recorded by a deadline."""

    story: Story
    channel: ChannelView


@dataclass(frozen=True, slots=True)
class ScanCase:
    """A scan in the eyes of one rule that pays for it.

    Attributes:
        chosen: the rule, with those that it beat.
        scan: the trigger.
        known: what the rule may know.
        at_scan: the ownership just before the scan, as far as the rule may know.
        deadline: until when a missing receipt may be recorded; None for ever.
        closed: whether the log's clock is past the deadline.
        mismatch: whether the scan's region is outside the distributor's territories, and the rule minds.
        bases: what the unit's list price was.
    """

    chosen: Chosen
    scan: ScanTrigger
    known: Knowledge
    at_scan: Ownership
    deadline: int | None
    closed: bool
    mismatch: bool
    bases: Bases


@dataclass(slots=True)
class ScanOutcome:
    """All decisions on a scan, with their grounds.

    Attributes:
        scan: the trigger.
        at_scan: the ownership of all facts.
        decisions: by decision, the case that it comes from; None for the event as a whole.
        owners: every party that counted as owner or distributor: what the decisions rest on.
    """

    scan: ScanTrigger
    at_scan: Ownership
    decisions: list[tuple[Decision, ScanCase | None]] = field(default_factory=list)
    owners: set[str] = field(default_factory=set)
    distributors: set[str] = field(default_factory=set)


def decide_scan(
    scan: ScanTrigger, known_by: Callable[[int | None], Knowledge], rules: Rulebook, clock: int
) -> ScanOutcome:
    """Decides on a scan.

    Args:
        scan: the trigger.
        known_by: what is known of facts recorded by an instant; of all facts for None.
        rules: all rules.
        clock: of the log, in microseconds.
    """
    everything = known_by(None)
    before = (scan.at, scan.event)
    at_scan = ownership(everything.story, everything.channel, scan.at, before)
    outcome = ScanOutcome(scan, at_scan)
    _rests_on(outcome, at_scan)
    invalid = everything.story.verdicts[scan.event]
    if invalid is not None:
        outcome.decisions.append((nothing(scan.event, invalid), None))
        return outcome
    views: dict[int | None, _View] = {}
    matching: list[Publication] = []
    for publication in rules.in_force("CONSUMER_SCAN", scan.at):
        # Without a promo code nobody asks for a clerk's share.
        if not scan.promo_code and set(publication.roles) <= {"CLERK"}:
            continue
        days = publication.rule.late_binding_days
        if days not in views:
            views[days] = _view(days, scan, known_by, everything, at_scan)
        if matches(publication, views[days].circumstances):
            matching.append(publication)
            _rests_on(outcome, views[days].at_scan)
    bases: Bases = {"GOODS_PRICE": everything.channel.price_of(at_scan.sku, scan.at)}
    for chosen in choose(matching):
        case = _case(chosen, scan, views[chosen.publication.rule.late_binding_days], at_scan.sku, bases, clock)
        entries = (_entry(case, role) for role in chosen.publication.roles)
        outcome.decisions += [(entry, case) for entry in entries if entry is not None]
    if not matching:
        outcome.decisions.append((nothing(scan.event, "no_rule"), None))
    return outcome


def _rests_on(outcome: ScanOutcome, at_scan: Ownership) -> None:
    if at_scan.owner is not None:
        outcome.owners.add(at_scan.owner)
    if at_scan.way.distributor is not None:
        outcome.distributors.add(at_scan.way.distributor)


@dataclass(frozen=True, slots=True)
class _View:
    """What rules with one window for missing facts know of a scan.

    Attributes:
        known: what they may know.
        at_scan: the ownership just before the scan, of that.
        deadline: until when a missing receipt may be recorded; None for ever.
        circumstances: what their scopes are compared with.
    """

    known: Knowledge
    at_scan: Ownership
    deadline: int | None
    circumstances: Circumstances


def _view(
    days: int | None,
    scan: ScanTrigger,
    known_by: Callable[[int | None], Knowledge],
    everything: Knowledge,
    of_all_facts: Ownership,
) -> _View:
    deadline = None if days is None else scan.recorded_at + days * DAY
    known, at_scan = everything, of_all_facts
    if deadline is not None:
        known = known_by(deadline)
        at_scan = ownership(known.story, known.channel, scan.at, (scan.at, scan.event))
    # What the item is comes from all facts: a consumer is not punished for late papers.
    made = everything.story.commissioning((scan.at, scan.event))
    store = known.channel.parties.get(at_scan.store, scan.at)
    circumstances = Circumstances(
        brand=of_all_facts.brand,
        batch=made.batch if made else None,
        sku=of_all_facts.sku,
        campaign=scan.campaign,
        region=scan.region or store.get("region"),
        channel=scan.channel,
        store_tier=(store.get("attributes") or {}).get("tier"),
    )
    return _View(known, at_scan, deadline, circumstances)


def _case(chosen: Chosen, scan: ScanTrigger, view: _View, sku: str | None, bases: Bases, clock: int) -> ScanCase:
    """The scan in the eyes of a rule that pays for it."""
    distributor = view.at_scan.way.distributor
    mismatch = (
        chosen.publication.rule.on_region_mismatch == "PAY_CONSUMER_ONLY"
        and scan.region is not None
        and distributor is not None
        and not view.known.channel.may_sell(distributor, scan.region, sku or "", scan.at)
    )
    closed = view.deadline is not None and clock > view.deadline
    return ScanCase(chosen, scan, view.known, view.at_scan, view.deadline, closed, mismatch, bases)


def _entry(case: ScanCase, role: Role) -> Decision | None:
    publication, event = case.chosen.publication, case.scan.event
    amount = publication.amounts(case.bases)[role]
    if role == "CONSUMER":
        return publication.entry(event, role, case.scan.account, amount)
    if role == "CLERK":
        if not case.scan.promo_code:
            return None
        clerk, earns = clerk_of(case.known.channel, case.scan.promo_code, case.scan.at)
        if case.mismatch:
            return publication.rejection(event, role, clerk, "region_mismatch")
        if not earns:
            return publication.rejection(event, role, clerk, "clerk_inactive")
        return publication.entry(event, role, clerk, amount)
    payee = _filled(role, case)
    if case.mismatch:
        return publication.rejection(event, role, payee, "region_mismatch")
    if case.at_scan.store is None:
        due = case.deadline
        if case.closed:
            return publication.rejection(event, role, None, "late_binding_window_passed", due)
        return publication.entry(event, role, None, amount, status="SUSPENSE", reason="ownership_unconfirmed", due=due)
    if payee is None:
        return publication.rejection(event, role, None, f"no_{role.lower()}")
    return publication.entry(event, role, payee, amount)


def _filled(role: Role, case: ScanCase) -> str | None:
    at_scan = case.at_scan
    if role in RETAIL_KINDS:
        return at_scan.store if case.known.channel.kind(at_scan.store, case.scan.at) == role else None
    return {"DISTRIBUTOR": at_scan.way.distributor, "SALESPERSON": at_scan.way.salesperson}.get(role)


def clerk_of(channel: ChannelView, promo_code: str, at: int) -> tuple[str | None, bool]:
    """The clerk whose promo code it is, and whether the clerk earns."""
    clerk = channel.promoter(promo_code, at, {"CLERK"})
    return clerk, clerk is not None and channel.earns(clerk, at)
