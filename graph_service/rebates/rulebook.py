"""Which rules are in force, which match, and which of a group is the most specific (`contract/rules.md`)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph_service.channel.regions import contains
from graph_service.intake.rule import Base, Role, Rule
from graph_service.rebates.amounts import Amount, Bases, amounts, bases_of, roles_paid
from graph_service.rebates.decision import Decision
from graph_service.rebates.limits import Limits

ENDLESS = 2**62


@dataclass(frozen=True)
class Publication:
    """A version of a rule as published.

    Attributes:
        rule: what it says.
        at: when it was published, in microseconds.
        event: the id of its publication.
    """

    rule: Rule
    at: int
    event: str

    @property
    def start(self) -> int:
        """From when on it can hold: never before its publication, unless it says that it is retroactive."""
        return self.rule.from_ if self.rule.retroactive is not None else max(self.rule.from_, self.at)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles that it pays, in declared order."""
        return roles_paid(self.rule)

    def amounts(self, bases: Bases) -> Mapping[Role, Amount]:
        """What it pays each role, given what the bases of an event are in fen."""
        return amounts(self.rule, bases) if self._asks_for else self._fixed

    @cached_property
    def _asks_for(self) -> frozenset[Base]:
        return bases_of(self.rule)

    @cached_property
    def _fixed(self) -> Mapping[Role, Amount]:
        return amounts(self.rule, {})

    def entry(
        self,
        trigger: str,
        role: Role,
        payee: str | None,
        amount: Amount,
        *,
        codes: int = 1,
        status: str = "ACCRUED",
        reason: str | None = None,
        due: int | None = None,
    ) -> Decision:
        """An entry of this rule; what waits in suspense carries what would be paid.

        Args:
            trigger: id of the event.
            role: that is paid.
            payee: id of the party or account; None while unknown.
            amount: for each code, rounded; where the rule rounds at settlement, the running sums do that.
            codes: how many codes it pays for.
            status: `ACCRUED` or `SUSPENSE`.
            reason: why it waits.
            due: when waiting ends, in microseconds.
        """
        exact = amount.exact * codes if self.rule.round_at == "SETTLEMENT" else None
        return Decision(
            self.rule.id,
            self.rule.version,
            trigger,
            role,
            payee,
            status,
            amount.fen * codes,
            amount.points * codes,
            reason,
            due,
            exact,
        )

    def rejection(self, trigger: str, role: Role, payee: str | None, reason: str, due: int | None = None) -> Decision:
        """An entry of this rule that pays nothing."""
        return Decision(self.rule.id, self.rule.version, trigger, role, payee, "REJECTED", reason=reason, due=due)

    @cached_property
    def specificity(self) -> tuple[bool, ...]:
        """Which keys of its scope restrict, from the most specific key to the least."""
        scope = self.rule.scope
        keys = (scope.batches, scope.skus, scope.campaigns, scope.regions, scope.channels, scope.store_tiers)
        return tuple(bool(key) for key in keys)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of a rule at `at`, in microseconds; a version that starts later counts."""

    rule: str
    at: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a scope is compared with."""

    brand: str | None
    batch: str | None
    sku: str | None
    campaign: str | None
    region: str | None
    channel: str | None
    store_tier: str | None


class Rulebook:
    """All rules that were published and withdrawn."""

    def __init__(self, publications: Iterable[Publication], withdrawals: Iterable[Withdrawal] = ()) -> None:
        self._publications = tuple(publications)
        self._versions: dict[str, dict[int, Publication]] = defaultdict(dict)
        for publication in sorted(self._publications, key=lambda one: (one.at, one.event)):
            # Of two contents for one version the first by (at, id) holds.
            self._versions[publication.rule.id].setdefault(publication.rule.version, publication)
        self._limits: dict[str, Limits | None] = {}
        self._in_force: dict[tuple[str, int], Sequence[Publication]] = {}
        self._withdrawn: dict[str, list[int]] = defaultdict(list)
        for withdrawal in withdrawals:
            self._withdrawn[withdrawal.rule].append(withdrawal.at)

    def publications_of(self, rule_id: str) -> list[Publication]:
        """Every publication of a rule, those of a version that another content holds included."""
        return [one for one in self._publications if one.rule.id == rule_id]

    def version_of(self, rule_id: str, version: int) -> Publication:
        """A version of a rule, as the content that holds says it.

        Of a version that was voided meanwhile it is any other's, until what that paid is derived anew.
        """
        versions = self._versions[rule_id]
        return versions.get(version) or next(iter(versions.values()))

    def limits_of(self, rule_id: str) -> Limits | None:
        """The limits of a rule over all its versions; None for a rule that has none."""
        if rule_id not in self._limits:
            versions = {number: one.rule for number, one in self._versions.get(rule_id, {}).items()}
            limits = Limits(versions)
            self._limits[rule_id] = limits if limits.depend_on_order or limits.holds else None
        return self._limits[rule_id]

    @property
    def ids(self) -> list[str]:
        """All rules that were ever published."""
        return sorted(self._versions)

    @cached_property
    def longest_window(self) -> int:
        """The longest window of a hold of any rule, in minutes; 0 where none holds for velocity."""
        rules = (one.rule for versions in self._versions.values() for one in versions.values())
        return max((hold.window_minutes or 0 for rule in rules for hold in rule.holds), default=0)

    @cached_property
    def holds(self) -> bool:
        """Whether some rule holds what is suspicious."""
        return any(one.rule.holds for versions in self._versions.values() for one in versions.values())

    @cached_property
    def caps_payees(self) -> bool:
        """Whether some rule caps what a payee gets."""
        limits = (self.limits_of(rule) for rule in self._versions)
        return any(one is not None and one.caps_payees for one in limits)

    @cached_property
    def periodic(self) -> frozenset[str]:
        """The rules that pay when a period is closed."""
        return frozenset(one.rule.id for one in self._publications if one.rule.trigger == "PERIOD")

    @cached_property
    def counts_new_members(self) -> bool:
        """Whether some rule holds where too many members come on one device."""
        rules = (one.rule for versions in self._versions.values() for one in versions.values())
        return any(hold.measure == "NEW_MEMBERS_PER_DEVICE_AND_DAY" for rule in rules for hold in rule.holds)

    def binds_late(self, trigger: str) -> bool:
        """Whether some rule for a trigger closes its window for missing facts."""
        versions = (one for versions in self._versions.values() for one in versions.values())
        return any(one.rule.trigger == trigger and one.rule.late_binding_days is not None for one in versions)

    def pays_for(self, trigger: str) -> bool:
        """Whether there ever was a rule for a trigger."""
        return any(one.rule.trigger == trigger for one in self._publications)

    def selects_batches(self, trigger: str) -> bool:
        """Whether some rule for a trigger is restricted to batches."""
        return any(one.rule.trigger == trigger and one.rule.scope.batches for one in self._publications)

    def in_force(self, trigger: str, at: int) -> Sequence[Publication]:
        """At most one version of each rule, by id.

        Of the versions that have started the one with the latest `from`, then the highest version, holds until its
        `to`; an older one does not resume.
        """
        between = (trigger, bisect_right(self._turns, at))
        if between not in self._in_force:
            self._in_force[between] = self._find_in_force(trigger, at)
        return self._in_force[between]

    @cached_property
    def _turns(self) -> list[int]:
        """The instants at which some rule begins or ends to hold."""
        versions = [one for versions in self._versions.values() for one in versions.values()]
        turns = {one.start for one in versions}
        turns |= {one.rule.to for one in versions if one.rule.to is not None}
        return sorted(turns.union(*self._withdrawn.values()))

    def _find_in_force(self, trigger: str, at: int) -> list[Publication]:
        found = []
        for rule_id in sorted(self._versions):
            ended = max((when for when in self._withdrawn.get(rule_id, ()) if when <= at), default=-ENDLESS)
            started = [one for one in self._versions[rule_id].values() if ended < one.start <= at]
            newest = max(started, key=lambda one: (one.rule.from_, one.rule.version), default=None)
            if newest is None or newest.rule.trigger != trigger:
                continue
            if newest.rule.to is None or at < newest.rule.to:
                found.append(newest)
        return found


def matches(publication: Publication, now: Circumstances) -> bool:
    """Whether a rule's brand and every restricting key of its scope match."""
    scope = publication.rule.scope
    return (
        publication.rule.brand == now.brand
        and _within(scope.batches, now.batch)
        and _within(scope.skus, now.sku)
        and _within(scope.campaigns, now.campaign)
        and _within(scope.channels, now.channel)
        and _within(scope.store_tiers, now.store_tier)
        and (not scope.regions or any(contains(region, now.region) for region in scope.regions))
    )


def _within(allowed: Sequence[str], value: str | None) -> bool:
    return not allowed or value in allowed


@dataclass(frozen=True, slots=True)
class Chosen:
    """A rule that pays, with the rules of its group that it beat."""

    publication: Publication
    beaten: tuple[Publication, ...] = ()


def choose(matching: Iterable[Publication]) -> list[Chosen]:
    """Every rule without a group, and of each group the most specific; ties to the smaller id. By id."""
    chosen: list[Chosen] = []
    groups: dict[str, list[Publication]] = defaultdict(list)
    for publication in matching:
        if publication.rule.group is None:
            chosen.append(Chosen(publication))
        else:
            groups[publication.rule.group].append(publication)
    for group in groups.values():
        best = max(one.specificity for one in group)
        winner = min((one for one in group if one.specificity == best), key=lambda one: one.rule.id)
        chosen.append(Chosen(winner, tuple(one for one in group if one is not winner)))
    return sorted(chosen, key=lambda one: one.publication.rule.id)
