"""Who brought whom in, and what the invited member's first redemption pays."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from tests.model.decision import Decision
from tests.model.leaving import list_of
from tests.model.log import Fact
from tests.model.policy import Identifier
from tests.model.roles import Case, Filled, asked, entries
from tests.model.rules import Rule, paying

if TYPE_CHECKING:
    from tests.model.identity import Member
    from tests.model.world import World


Person = Identifier | str
"""A member by its seed, or one who left by the name of the leaving."""


class Invitation(NamedTuple):
    """One that holds: the first valid one of its invitee."""

    fact: Fact
    inviter: Person
    invitee: Person


class Referrals:
    def __init__(self, world: World) -> None:
        self._world = world
        self.by_invitee: dict[Person, Invitation] = {}
        self.refused: dict[str, str] = {}
        """Of every other invitation, by its id: why it does not count."""
        for fact in world.facts:
            if fact.type == "member.invited":
                self._read(fact)

    def _read(self, fact: Fact) -> None:
        inviter, invitee = (self._world.known_as(fact, name) for name in ("inviter", "invitee"))
        if inviter is None or invitee is None:
            self.refused[fact.id] = "no_member"
        elif inviter == invitee:
            self.refused[fact.id] = "self_referral"
        elif not self._first_seen(inviter) < self._first_seen(invitee):
            self.refused[fact.id] = "known_before_inviter"
        elif invitee in self.by_invitee:
            self.refused[fact.id] = "already_invited"
        else:
            self.by_invitee[invitee] = Invitation(fact, inviter, invitee)

    def _first_seen(self, person: Person) -> tuple[object, str, int]:
        """By which event, and of one event's lists in which: an invitation shows the inviter first."""
        if isinstance(person, str):
            sights = [sight for sight in [self._world.left_as(person).first_seen] if sight]
        else:
            member = self._world.identity.member_of(person)
            sights = [(self._world.identity.evidence.seen[one][0], one) for one in member.identifiers] if member else []
        return min((fact.at, fact.id, list_of(fact, one, self._world.policy)) for fact, one in sights)

    def of(self, person: Hashable, by: Fact | None = None) -> Invitation | None:
        """The invitation that brought somebody in; with `by`, if it came not after that event's moment."""
        found = self.by_invitee.get(cast(Person, person))
        return found if found and (by is None or found.fact.at <= by.at) else None

    def chain(self, member: Member, depth: int | None = None) -> list[Member]:
        """Inviters upwards, nearest first, as far as they are members."""
        found: list[Member] = []
        while (invitation := self.of(member.seed)) and (depth is None or len(found) < depth):
            above = self._member(invitation.inviter)
            if above is None:
                break
            member = above
            found.append(member)
        return found

    def invitees(self, member: Member) -> list[Member]:
        """In the order of their invitations; who left is none."""
        invitations = [one for one in self.by_invitee.values() if one.inviter == member.seed]
        below = (self._member(one.invitee) for one in sorted(invitations, key=lambda one: one.fact.key))
        return [one for one in below if one]

    def _member(self, person: Person) -> Member | None:
        return None if isinstance(person, str) else self._world.identity.member_of(person)


def first_redemption(world: World, redemption: Fact) -> bool:
    """Whether it is the first valid one of its member, ever."""
    person = world.person(world.trade.issues[redemption.body["voucher"]])
    mine = (one for one in world.trade.redemptions if world.person(world.trade.issues[one.body["voucher"]]) == person)
    return next(mine) == redemption


def referral(world: World, case: Case) -> tuple[list[Decision], str | None]:
    """What `REFERRAL` rules pay for a valid redemption, or else why nothing; None where no such rule is in force."""
    redemption = case.fact
    invitation = world.referrals.of(case.person, redemption)
    if invitation and invitation.fact.body.get("campaign"):
        case = case.with_campaign(invitation.fact.body["campaign"])
    matching = [
        rule for rule in world.rules.in_force("REFERRAL", redemption.at) if asked(case, rule) and case.fits(rule)
    ]
    if not matching:
        return [], None
    if not first_redemption(world, redemption):
        return [], "not_first_redemption"
    if invitation is None:
        return [], "not_invited"
    paid = [rule for rule in paying(matching) if in_window(rule, invitation.fact, redemption)]
    if not paid:
        return [], "outside_window"
    return [entry for rule in paid for entry in entries(case, rule, dict(roles(world, case, rule, invitation)))], None


def in_window(rule: Rule, invitation: Fact, redemption: Fact) -> bool:
    days = rule.body.get("windowDays")
    return days is None or redemption.at < invitation.at + timedelta(days=days)


def roles(world: World, case: Case, rule: Rule, invitation: Invitation) -> Iterator[tuple[str, Filled]]:
    yield "INVITER", Filled(world.account_of(invitation.fact, "inviter"))
    above = world.referrals.of(invitation.inviter, case.fact)
    if above and (rule.body.get("depth") or 1) > 1:
        yield "INVITER_2", Filled(world.account_of(above.fact, "inviter"))
    yield "INVITEE", Filled(case.account)
