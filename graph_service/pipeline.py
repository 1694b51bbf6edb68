"""Derivation: which keys each type of fact touches, and what is derived of them, in order.

    facts -> voids -> aliases -> custody -> parties, links, territories -> members -> decisions and journal
          -> payments -> settlements

Each step fetches what its keys need, decides, writes what came out different, and passes on the keys of what rests on
it. What is derived is a function of the log: any order of arrival ends in the same graph.

| fact | keys | what follows |
|---|---|---|
| party.registered | the party, its promo codes | profile; decisions on its goods, clerks, and whom it supplies |
| channel.linked, channel.unlinked | the child | links; decisions on the child's goods or promo codes |
| territory.assigned, territory.released | the party | territories; decisions on goods that came through it |
| product.listed | the SKU | decisions on its codes |
| goods.commissioned, goods.destroyed | the items named | custody; decisions on them and what is inside |
| goods.packed, goods.unpacked | the children, the container | the same |
| code.aliased | the codes | items; the same |
| goods.received, shipped, transferred, returned, sold, scanned | the items named | decisions on what was inside then |
| any with identifiers | the identifiers | members; invitations of those who moved, redemptions and orders of these |
| member.invited | the invitation | who brought whom in; redemptions of the invited, and of whom they brought in |
| voucher.issued, voucher.redeemed | the voucher, its holders | decisions on its and their redemptions, on orders |
| order.placed, order.refunded | the order | decisions on its placements |
| member.registered, store.chosen, care.recorded, pet.registered | the member | decisions on orders without a store |
| hold.reviewed | the decision that it names | decisions on its event |
| any on a device, where a rule counts new members | the device and day | decisions on the members shown there |
| period.closed | the order of reservations, where it was not recorded last | reservations of all rules |
| identity.policy | everything | members; decisions on scans whose account is another now |
| rule.published, rule.withdrawn | its trigger, from its start on | decisions |
| clock.advanced, and every recording | decisions whose waiting ends | decisions |
| statement.settled | itself | payments |
| period.closed | decisions accrued by the end of its month | the same, settled |
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from graph_service.channel.derive import derive_channel
from graph_service.channel.kept import KeptChannel, channel_under, stamp_channel
from graph_service.channel.read import fetch_parties
from graph_service.goods.derive import derive_aliases, derive_custody, items_of
from graph_service.goods.later import TRIGGERS_OF_ITEMS, Spans, add_item, item_rows
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.lock import Log
from graph_service.intake.log import Appended, clock_after
from graph_service.intake.rule import accepted_rule
from graph_service.intake.touched import Touched, fetch_touched
from graph_service.intake.voids import derive_voids
from graph_service.members.beside import Beside, take_over
from graph_service.members.derive import derive_members
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.judging import Judged
from graph_service.members.policies import latest_policy
from graph_service.members.policy import Policy
from graph_service.members.rebuild import is_large, rebuild_members
from graph_service.members.referrals import rebuild_referrals, revise_referrals
from graph_service.pending import MAX_DEPENDENT, Question, dependents, postpone, postpone_policy
from graph_service.pipeline_limits import LimitReach, reach_limits, renewed
from graph_service.pipeline_trade import reach_trade
from graph_service.rebates.derive import derive_decisions, recount
from graph_service.rebates.evaluate import Known, fetch_rulebook, stamp_rules
from graph_service.rebates.foresight import Foresight
from graph_service.rebates.payments import derive_payments
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.renaming import rename_payees
from graph_service.rebates.rulebook import Publication, Rulebook
from graph_service.rebates.settling import ACCRUED, SETTLED, mark_settled, seal_closings
from graph_service.rebates.tallies import forget_tallies

EVER = -(2**62)
NEVER = 2**62
EVERYTHING = 2**31

CUSTODY = frozenset({"goods.commissioned", "goods.destroyed", "goods.packed", "goods.unpacked", "code.aliased"})
PASSING = frozenset(
    {"goods.received", "goods.shipped", "goods.transferred", "goods.returned", "goods.sold", "goods.scanned"}
)
LIMITING = frozenset({"hold.reviewed", "period.closed"})
TRIGGER_TYPES = {
    "CONSUMER_SCAN": "goods.scanned",
    "STORE_RECEIPT": "goods.received",
    "VOUCHER_REDEMPTION": "voucher.redeemed",
    "REFERRAL": "voucher.redeemed",
    "MEMBER_REGISTRATION": "member.registered",
    "ORDER": "order.placed",
    "PERIOD": "period.closed",
}
TRIGGERS = frozenset(TRIGGER_TYPES.values())


@dataclass(slots=True)
class Reach:
    """Keys whose decisions may change, each from an instant on (microseconds); `due` between two."""

    items: Spans = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    promo_codes: dict[str, int] = field(default_factory=dict)
    skus: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    triggers: set[str] = field(default_factory=set)
    due: list[tuple[int, int]] = field(default_factory=list)
    vouchers: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    accounts: dict[str, tuple[int, bool]] = field(default_factory=dict)
    all_trade: bool = False

    @staticmethod
    def widen(keys: dict[str, int], key: str, since: int) -> None:
        """Adds a key, or lets it reach further back."""
        keys[key] = min(since, keys.get(key, since))

    def add_item(self, item: str, since: int, until: int) -> None:
        """Adds an item with what it held between two instants."""
        add_item(self.items, item, since, until)

    def add_account(self, account: str, since: int, *, below: bool = False) -> None:
        """Adds the member of an account: its redemptions, its orders from then on, and those of whom it brought in."""
        known_since, known_below = self.accounts.get(account, (since, below))
        self.accounts[account] = (min(since, known_since), below or known_below)


@dataclass(frozen=True, slots=True)
class Derived:
    """What a batch changed.

    Attributes:
        decisions: those that are new or changed.
        is_complete: whether nothing was left to be derived later.
    """

    decisions: list[RebateLine]
    is_complete: bool = True


async def derive(
    transaction: Transaction,
    appended: Appended,
    log: Log,
    *,
    keys: IdentifierKeys,
    policy: Policy,
    most: int | None = None,
    beside: Beside | None = None,
    foresight: Foresight | None = None,
) -> Derived:
    """Derives everything that new events change; the caller holds the intake's lock.

    Args:
        transaction: that wrote the events.
        appended: the new events.
        log: how the log stood before them.
        keys: to open identifiers.
        policy: the identity policy in force before them.
        most: triggers besides its own that are derived at once, `MAX_DEPENDENT` by default; more than that wait.
        beside: members by a policy that is to take over; None builds them now, or leaves it to be done later where
            there are many.
        foresight: what was seen of the new scans while they were written.
    """
    most = MAX_DEPENDENT if most is None else most
    accepted = appended.touched
    new = {fact.event for fact in accepted}
    turned = await derive_voids(
        transaction, appended.voided_before.union(fact.event for fact in accepted if fact.type == "event.voided")
    )
    restated = turned - new
    # A void may have come before its target.
    facts = [replace(fact, voided=True) if fact.event in turned else fact for fact in accepted]
    facts += await fetch_touched(transaction, restated)
    reach = Reach()
    await _derive_goods(transaction, facts, {} if restated else appended.items, reach)
    kept = await _derive_channel(transaction, facts, restated, reach, log.channel_stamp)
    has_business = log.has_business or appended.has_business
    judged = await _derive_members(transaction, facts, restated, policy, keys, reach, beside, has_business=has_business)
    moved = judged.regrouped
    # A policy that waits to take over wants to know what is touched meanwhile.
    if log.policy_waits and beside is None:
        await transaction.rows_of(
            "members/note_touched",
            [fact.event for fact in facts if fact.identifiers or fact.blocked or fact.named],
            identifiers=sorted(judged.regrouped),
            erased=sorted(judged.erased),
        )
    await reach_trade(
        transaction, facts, restated, Judged() if reach.all_trade else judged, reach, has_business=has_business
    )
    for fact in facts:
        if fact.type in TRIGGERS:
            reach.triggers.add(fact.event)
    if any(fact.body is not None for fact in facts):
        await stamp_rules(transaction)
        rules = await fetch_rulebook(transaction)
        _rule_reach(facts, rules, reach)
    else:
        rules = await fetch_rulebook(transaction, log.rules_stamp)
    clock = await _advance(transaction, facts, restated, log.clock, appended.recorded)
    reach.due += _passed(log.clock, clock) if rules.binds_late("CONSUMER_SCAN") else ()
    limited = await reach_limits(transaction, facts, moved, rules, log.clock) if facts else LimitReach()
    reach.triggers |= limited.triggers
    questions = questions_of(reach) + limited.questions()
    scans = {} if turned else _known_scans(appended, judged)
    later = None if foresight is None else await foresight.later(scans)
    triggers = await _found(transaction, questions, reach.triggers, most, later)
    triggers_now = reach.triggers | (triggers or set())
    decisions: list[RebateLine] = []
    for rule in sorted(limited.renewed):
        limits = rules.limits_of(rule)
        await forget_tallies(transaction, rule, None if limits is None else limits.key(rule))
    for rule in sorted(limited.rules):
        decisions += await recount(transaction, rule, rules)
    if triggers_now:
        is_untouched = not (turned or judged.erased or limited.renewed or limited.rules)
        evaluated = None if foresight is None else await foresight.seen(scans)
        known = Known(kept, scans, evaluated, books=log.books if is_untouched else None)
        decisions += await derive_decisions(transaction, triggers_now, rules, clock, moved, known)
    await derive_payments(transaction, {fact.event for fact in facts if fact.type == "statement.settled"})
    is_complete = triggers is not None
    if closings := {fact.event for fact in facts if fact.type == "period.closed"}:
        anew = await _settle(transaction, is_restated=bool(closings & restated), most=most)
        is_complete = is_complete and anew is not None
        if anew:
            decisions += await derive_decisions(transaction, anew, rules, clock, known=Known(kept))
    return Derived(decisions, is_complete=is_complete)


async def _found(
    transaction: Transaction, questions: Sequence[Question], own: set[str], most: int, later: Set[str] | None
) -> set[str] | None:
    """The triggers that questions find besides a batch's own; None when all of them wait, because there are too many.

    Args:
        transaction: to read and write in.
        questions: where triggers are found.
        own: of the batch.
        most: how many are too many.
        later: what the question about items finds, where that is known.
    """
    asked = [one for one in questions if later is None or one[0] != TRIGGERS_OF_ITEMS]
    triggers = await dependents(transaction, asked, own=own, most=most, found=later or ())
    if triggers is None:
        await postpone(transaction, questions)
    return triggers


def _known_scans(appended: Appended, judged: Judged) -> Mapping[str, Row]:
    """The new scans that still are what they were when they were written: same item, same account."""
    if judged.erased or any(fact.type in {"code.aliased", "identity.policy"} for fact in appended.touched):
        return {}
    return {event: row for event, row in appended.scans.items() if event not in judged.accounted}


async def _settle(transaction: Transaction, *, is_restated: bool, most: int) -> set[str] | None:
    """Lets closings take effect, and marks what they settle.

    Returns:
        the triggers to be decided anew, because something was booked since or a settlement came or went with a void;
        None when all of it waits.
    """
    marked = await seal_closings(transaction)
    reopened: list[Question] = []
    if is_restated:
        marked.append((ACCRUED, [{"before": NEVER}]))
        reopened.append((SETTLED, [{"before": NEVER}]))
    triggers = await dependents(transaction, marked, own=set(), most=most)
    anew = await dependents(transaction, reopened, own=set(), most=most)
    if triggers is None or anew is None:
        await postpone(transaction, [*reopened, *marked])
        return None
    return anew | set(await mark_settled(transaction, sorted(triggers)))


async def _derive_goods(
    transaction: Transaction, facts: Sequence[Touched], items: Mapping[str, str], reach: Reach
) -> None:
    """Derives aliases and custody; `items` are those of the runs named, where they were read already."""
    custody = [fact for fact in facts if fact.type in CUSTODY]
    aliased = {run for fact in custody if fact.type == "code.aliased" for run in fact.runs}
    regrouped = await derive_aliases(transaction, aliased) if aliased else set()
    goods = [fact for fact in facts if fact.runs]
    if aliased or not items:
        items = await items_of(transaction, {run for fact in goods for run in (*fact.runs, *fact.containers)})
    for fact in goods:
        until = NEVER if fact.type in CUSTODY else fact.at
        since = EVER if fact.type == "code.aliased" else fact.at
        # The container counts, too: a first packing lets it exist.
        for run in (*fact.runs, *fact.containers):
            reach.add_item(items[run], since, until)
    moved = {items[run] for fact in custody for run in (*fact.runs, *fact.containers)} | regrouped
    if moved:
        held = await contents(transaction, regrouped)
        for item in regrouped:
            reach.add_item(item, EVER, NEVER)
        before = questions_of(Reach(items=dict.fromkeys(regrouped, (EVER, NEVER))))
        reach.triggers |= await dependents(transaction, before, own=set(), most=EVERYTHING) or set()
        for item, changed_at in (await derive_custody(transaction, moved | held)).items():
            reach.add_item(item, changed_at, NEVER)


async def _derive_members(
    transaction: Transaction,
    facts: Sequence[Touched],
    restated: Collection[str],
    before: Policy,
    keys: IdentifierKeys,
    reach: Reach,
    beside: Beside | None,
    *,
    has_business: bool,
) -> Judged:
    """A policy concerns the whole log; anything else the components of the identifiers that it names.

    Returns:
        what was judged otherwise: which identifiers belong to another member now, which events to another account.
    """
    policy = before
    if any(fact.type == "identity.policy" for fact in facts):
        policy = await latest_policy(transaction)
    is_wide = policy.text != before.text and beside is None and await is_large(transaction)
    if is_wide:
        await postpone_policy(transaction, next(fact.event for fact in facts if fact.type == "identity.policy"))
    if policy.text == before.text or is_wide:
        judged = await derive_members(transaction, facts, restated, before, keys)
        reach.triggers |= judged.accounted
    else:
        await transaction.run("intake/set_policy", policy=policy.text)
        if beside is None:
            judged = await rebuild_members(transaction, policy, keys, facts)
            await rebuild_referrals(transaction)
        else:
            judged = await take_over(transaction, beside, keys)
            # Nobody is invited, or brings anyone in, where nothing was told of it.
            moved = judged.regrouped if has_business else ()
            await revise_referrals(transaction, moved, judged.known, judged.accounted)
        for kind in ("voucher.redeemed", "member.registered", "order.placed"):
            Reach.widen(reach.types, kind, EVER)
        reach.all_trade = True
    if judged.erased:
        await rename_payees(transaction, judged.erased, judged.pseudonyms)
    items = await items_of(transaction, {run for scan in judged.scans for run in scan.runs})
    for scan in judged.scans:
        # Whether it names a member decides whether it opens the item, so later scans of it follow.
        for run in scan.runs:
            reach.add_item(items[run], scan.at, NEVER)
    return judged


async def contents(transaction: Transaction, items: Iterable[str]) -> set[str]:
    """Everything that packings in force put into items."""
    return {row["item"] for row in await transaction.rows_of("goods/contents_by_facts", sorted(items))}


async def _derive_channel(
    transaction: Transaction, facts: Sequence[Touched], restated: Collection[str], reach: Reach, stamp: str | None
) -> KeptChannel:
    """Derives parties, links and territories; `stamp` is that of the channel as it was.

    Returns:
        what need not be read again of the channel as it is.
    """
    for fact in facts:
        if fact.type == "product.listed" and fact.sku is not None:
            Reach.widen(reach.skus, fact.sku, EVER)
    registrations = [fact for fact in facts if fact.type == "party.registered"]
    links = [fact for fact in facts if fact.type in {"channel.linked", "channel.unlinked"}]
    territories = [fact for fact in facts if fact.type in {"territory.assigned", "territory.released"}]
    if not (registrations or links or territories or reach.skus):
        return channel_under(stamp)
    await stamp_channel(transaction)
    registered = {fact.party("REGISTERS") for fact in registrations}
    children = {fact.party("CHILD") for fact in links}
    holders = {fact.party("CONCERNS") for fact in territories}
    kinds = {row["party"]: row["profile"].get("kind") for row in await _stored(transaction, registered)}
    await derive_channel(transaction, registered | children | holders)
    if registrations:
        turned = {fact.party("REGISTERS") for fact in registrations if fact.voided or fact.event in restated}
        await _reach_registered(transaction, registrations, kinds, turned, reach)
    employed: dict[str, int] = {}
    for fact in links:
        Reach.widen(employed if fact.relation == "EMPLOYS" else reach.parties, fact.party("CHILD"), fact.at)
    for clerk, since in employed.items():
        Reach.widen(reach.parties, clerk, since)
    await _reach_clerks(transaction, employed, reach)
    for fact in territories:
        Reach.widen(reach.parties, fact.party("CONCERNS"), fact.at)
    return KeptChannel()


async def _stored(transaction: Transaction, parties: Iterable[str]) -> list[Row]:
    return await transaction.rows_of("channel/stored", sorted(parties))


async def _reach_registered(
    transaction: Transaction,
    registrations: Sequence[Touched],
    kinds: Mapping[str, str | None],
    turned: Collection[str],
    reach: Reach,
) -> None:
    """What rests on who a party is; before its first registration a party is what that one says."""
    parties = {fact.party("REGISTERS") for fact in registrations}
    said: dict[str, list[object]] = {party: [kinds.get(party)] for party in parties}
    promo_codes = {fact.promo_code for fact in registrations}
    for registration in (await fetch_parties(transaction, parties)).registrations:
        said[registration.subject].append(registration.fields.get("kind"))
        promo_codes.add(registration.fields.get("promoCode"))
    reach.parties |= dict.fromkeys(parties, EVER)
    reach.promo_codes |= {promo_code: EVER for promo_code in promo_codes if promo_code is not None}
    employed: dict[str, int] = {}
    turned = {party for party, names in said.items() if len(set(names)) > 1}.union(turned)
    for row in await transaction.rows_of("channel/children_of", sorted(parties)):
        if row["relation"] == "EMPLOYS":
            employed[row["child"]] = EVER
        elif row["relation"] == "SUPPLIES" and row["parent"] in turned:
            Reach.widen(reach.parties, row["child"], EVER)
    for clerk in employed:
        Reach.widen(reach.parties, clerk, EVER)
    await _reach_clerks(transaction, employed, reach)
    # Whether an owner on the way was a distributor decides who the distributor is.
    for row in await transaction.rows_of("goods/handed_to", sorted(turned)):
        reach.add_item(row["item"], row["at"], row["at"])


async def _reach_clerks(transaction: Transaction, clerks: dict[str, int], reach: Reach) -> None:
    for registration in (await fetch_parties(transaction, clerks)).registrations:
        promo_code = registration.fields.get("promoCode")
        if promo_code is not None:
            Reach.widen(reach.promo_codes, promo_code, clerks[registration.subject])


def _rule_reach(facts: Sequence[Touched], rules: Rulebook, reach: Reach) -> None:
    """A publication concerns events from its start on, or from that of another content of its version.

    It concerns every kind of event that a version of the rule is about: a new version ends the one before.
    """
    counted_anew = renewed(facts, rules)
    for fact in facts:
        if fact.type == "rule.withdrawn":
            reach.types |= {kind: min(fact.at, reach.types.get(kind, fact.at)) for kind in TRIGGERS}
        elif fact.type == "rule.published":
            rule = accepted_rule(json.loads(fact.body or "{}")["rule"])
            versions = [Publication(rule, fact.at, fact.event), *rules.publications_of(rule.id)]
            since = min(one.start for one in versions if one.rule.version == rule.version)
            if rule.id in counted_anew:
                # What was paid under the other versions is counted anew, too.
                since = min(one.start for one in versions)
            for kind in {TRIGGER_TYPES.get(one.rule.trigger) for one in versions} - {None}:
                Reach.widen(reach.types, str(kind), since)


def questions_of(reach: Reach) -> list[Question]:
    """Where the triggers are found that keys reach."""
    return [
        (TRIGGERS_OF_ITEMS, item_rows(reach.items)),
        ("rebates/triggers_by_party", [{"party": key, "from": a} for key, a in sorted(reach.parties.items())]),
        (
            "rebates/triggers_by_promo_code",
            [{"promoCode": key, "from": a} for key, a in sorted(reach.promo_codes.items())],
        ),
        ("rebates/triggers_by_sku", [{"sku": key, "from": a} for key, a in sorted(reach.skus.items())]),
        ("rebates/triggers_since", [{"type": key, "from": a} for key, a in sorted(reach.types.items())]),
        ("rebates/triggers_by_voucher", [{"voucher": key} for key in sorted(reach.vouchers)]),
        ("rebates/triggers_by_order", [{"order": key} for key in sorted(reach.orders)]),
        (
            "rebates/triggers_by_account",
            [{"account": key, "from": a, "below": below} for key, (a, below) in sorted(reach.accounts.items())],
        ),
        ("rebates/due_between", [{"after": a, "through": b} for a, b in reach.due]),
    ]


async def _advance(
    transaction: Transaction,
    facts: Sequence[Touched],
    restated: set[str],
    before: int | None,
    recorded: Iterable[int],
) -> int:
    """Where the log's clock is now: it moved with what was appended, and moves again with voids and its own events."""
    ticking = restated or any(fact.type == "clock.advanced" or fact.voided for fact in facts)
    if ticking or before is None:
        clock = int((await transaction.run("intake/clock"))[0]["clock"] or 0)
        await transaction.run("intake/set_clock", clock=clock)
    else:
        clock = clock_after(before, recorded)
    return clock


def _passed(before: int | None, clock: int) -> list[tuple[int, int]]:
    """The time in which windows ended or, where a void set the clock back, are open again."""
    return [] if before is None or before == clock else [(min(before, clock), max(before, clock))]
