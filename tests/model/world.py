"""The world that a log tells of, and every question that the contract lets one ask about it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.model import leaving, periods, rebates
from tests.model import ownership as owning
from tests.model.attribution import Attribution
from tests.model.channel import Channel, Time
from tests.model.decision import Decision
from tests.model.evidence import Evidence
from tests.model.goods import Goods
from tests.model.identity import Identity, Member, Refused
from tests.model.limits import limited
from tests.model.log import Event, Fact, Key, Log, after, clock, instant
from tests.model.policy import Identifier, Policy, Sent, account_name, policy_in, text
from tests.model.referrals import Referrals
from tests.model.rules import Rules
from tests.model.settlement import Statement, statement, with_settled
from tests.model.trade import Trade
from tests.model.why import Apart, Together, why


@dataclass(frozen=True)
class JourneyStep:
    event: str
    type: str
    at: datetime
    code: str
    sender: str | None = None
    receiver: str | None = None


def named(fact: Fact, field: str = "member") -> Sent | None:
    """Whom a fact is about; a registration names the member's identifiers themselves."""
    if fact.type == "member.registered":
        return {"identifiers": fact.body["identifiers"]}
    who: Sent | None = fact.body.get(field)
    return who


class World:
    """A pure function of the set of accepted events."""

    def __init__(
        self,
        events: Iterable[Event],
        stamp: str | datetime | None = None,
        rebate_id: Callable[[Decision], str] = lambda one: "|".join([one.rule, one.trigger, one.role, str(one.payee)]),
    ) -> None:
        """`rebate_id` tells by which id a review names a decision."""
        self.rebate_id = rebate_id
        self.events = list(events)
        self.stamp = stamp
        self._earlier: dict[int, World] = {}
        facts = Log(self.events).facts(stamp)
        self._begin(facts, policy_in(facts))

    def _begin(self, facts: list[Fact], policy: Policy) -> None:
        self.facts = facts
        self.policy = policy
        self.clock = clock(facts)
        self.channel = Channel(facts)
        self._narrower: dict[int, World] = {}

    @cached_property
    def goods(self) -> Goods:
        return Goods(self.facts, self.policy)

    @cached_property
    def leavings(self) -> list[leaving.Leaving]:
        return list(leaving.leavings(self.facts, self.policy))

    @cached_property
    def identity(self) -> Identity:
        erased = leaving.erased_by(self.leavings)
        return Identity(Evidence(self.facts, self.policy, erased), self.policy)

    @cached_property
    def trade(self) -> Trade:
        return Trade(self.facts, self.policy)

    @cached_property
    def referrals(self) -> Referrals:
        return Referrals(self)

    @cached_property
    def attribution(self) -> Attribution:
        return Attribution(self)

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.facts)

    def known_by(self, deadline: datetime) -> World:
        """The same world without what was recorded later; voids act whenever they were recorded."""
        facts = [fact for fact in self.facts if fact.recorded <= deadline]
        if len(facts) == len(self.facts):
            return self
        known = len(facts)  # deadlines that let in as many facts let in the same ones
        if known not in self._narrower:
            self._narrower[known] = narrower = World.__new__(World)
            narrower.rebate_id = self.rebate_id
            narrower._begin(facts, self.policy)  # which is for the whole log
        return self._narrower[known]

    def ownership(
        self, code: str, at: Time = None, before: Key | None = None, known_by: datetime | None = None
    ) -> owning.Ownership:
        """As of a time, that moment's facts included; or for the question of an event: before its key."""
        if known_by:
            return self.known_by(known_by).ownership(code, at, before)
        moment = before[0] if before else instant(at)
        return owning.ownership(self.goods, self.channel, code, moment, before or after(at))

    def container(self, code: str, at: Time = None) -> str | None:
        return self.goods.container(code, after(at))

    def item(self, code: str) -> dict[str, Any]:
        """Level, sku and batch as its latest commissioning tells them."""
        made = self.goods.story(code).commissioning(after(None))
        return {name: made.body[name] if made else None for name in ("level", "sku", "batch")}

    def journey(self, code: str, at: Time = None) -> list[JourneyStep]:
        """Hand-overs, this item's own containers (not theirs), and all scans."""
        story, end = self.goods.story(code), after(at)
        steps = [(one.fact, one.via(code), one.sender, one.receiver) for one in story.hand_overs]
        steps += [(move.fact, move.container, None, None) for move in story.moves]
        steps += [(scan, scan.body["code"], None, None) for scan in story.scans]
        return [
            JourneyStep(fact.id, fact.type, fact.at, via, sender, receiver)
            for fact, via, sender, receiver in sorted(steps, key=lambda step: step[0].key)
            if fact.key < end
        ]

    def members(self) -> list[Member]:
        """By the text of their seeds."""
        return self.identity.members()

    def member_of(self, identifier: Sent | Identifier) -> Member | None:
        """As sent, or as the model writes it."""
        known = self._known(identifier)
        return self.identity.member_of(known) if known else None

    def nobody(self) -> dict[Identifier, str]:
        """Who was seen and belongs to no member, and why."""
        return dict(self.identity.nobody)

    def refused(self) -> list[Refused]:
        """Pairs that evidence joins and the policy does not, by text."""
        return sorted(self.identity.refused, key=lambda one: (text(one.a), text(one.b), one.a, one.b))

    def why(self, a: Sent | Identifier, b: Sent | Identifier) -> Together | Apart:
        ours, theirs = self._known(a), self._known(b)
        if ours is None or theirs is None:
            return Apart(("blocked",), ())
        return why(self.identity, self.policy, ours, theirs)

    def account(self, fact: Fact) -> str | None:
        """Whose account an entry for a fact's `member` goes to; None where nobody is named."""
        return self.account_of(fact)

    def account_of(self, fact: Fact, field: str = "member") -> str | None:
        """The same for its inviter or its invitee."""
        account = self.policy.account(named(fact, field))
        if account is None:
            return None
        name = account if isinstance(account, str) else account_name(account)
        return leaving.pseudonym(self.leavings, account, fact.at) or name

    def member_in(self, fact: Fact, field: str = "member") -> Member | None:
        """The member of the account of who is named; a model knows no ids, and who left since is no member."""
        account = self.policy.account(named(fact, field))
        if not isinstance(account, tuple) or leaving.pseudonym(self.leavings, account, fact.at):
            return None
        return self.identity.member_of(account)

    def known_as(self, fact: Fact, field: str) -> Identifier | str | None:
        """As whom an invitation names somebody: a member by its seed, or one who left since by the leaving's name."""
        account = self.policy.account(named(fact, field))
        left = account and leaving.pseudonym(self.leavings, account, fact.at)
        if account and left:
            return left if self.left_as(left).first_seen else None
        member = self.member_in(fact, field)
        return member.seed if member else None

    def left_as(self, name: str) -> leaving.Leaving:
        """The leaving under whose name somebody goes on."""
        return next(one for one in self.leavings if one.pseudonym == name)

    def person(self, fact: Fact) -> Hashable:
        """Who a fact is about: a member, or an account that is no member's; None for nobody."""
        member = self.member_in(fact)
        return member.seed if member else self.account(fact)

    def _known(self, identifier: Sent | Identifier) -> Identifier | None:
        return identifier if isinstance(identifier, tuple) else self.policy.normal(identifier)

    def decisions(self) -> list[Decision]:
        return with_settled(self, self.unsettled_decisions)

    @cached_property
    def unsettled_decisions(self) -> list[Decision]:
        """What is paid, whether a statement is frozen or not."""
        return limited(self, [*rebates.decisions(self), *periods.decisions(self)])

    def as_recorded_by(self, moment: datetime | None) -> World:
        """The world as it was when it had been recorded up to a moment, voids included; None: now."""
        if moment is None:
            return self
        ids = {fact.id for fact in Log(self.events).facts_with_voided(self.stamp) if fact.recorded <= moment}
        if len(ids) not in self._earlier:
            events = [event for event in self.events if event["id"] in ids]
            self._earlier[len(ids)] = World(events, self.stamp, self.rebate_id)
        return self._earlier[len(ids)]

    def statement(self, accounts: Iterable[str], period: str) -> Statement:
        """What a payee is owed for a month, over all its accounts."""
        return statement(self, accounts, period)
