"""Leaving: whom each `member.left` erases. It takes effect where it stands in history, not where it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.model.evidence import Evidence
from tests.model.identity import Identity
from tests.model.log import Fact
from tests.model.policy import Identifier, Policy, account_name, lists_in


@dataclass(frozen=True)
class Leaving:
    fact: Fact
    identifiers: frozenset[Identifier]
    """What goes; a dry run lists it."""
    first_seen: tuple[Fact, Identifier] | None
    """By which fact the member was first seen, and which of its identifiers that showed; None where nobody goes."""

    @property
    def pseudonym(self) -> str:
        """The service draws it at random, one for each leaving; the model names the leaving."""
        return f"left:{self.fact.id}"


def leavings(facts: list[Fact], policy: Policy) -> Iterator[Leaving]:
    """In order of history. A voided leaving is not among the facts: nobody left (though plain values stay lost)."""
    erased: dict[Identifier, datetime] = {}
    for fact in facts:
        if fact.type == "member.left":
            # The member as of that moment, all its facts included, the leaving's own list too, by the policy in force.
            known = [other for other in facts if other.at <= fact.at]
            identity = Identity(Evidence(known, policy, erased), policy)
            going = who_goes(identity, policy, fact.body["member"])
            erased |= dict.fromkeys(going, fact.at)
            yield Leaving(fact, going, first_sight(identity, going))


def erased_by(leavings: list[Leaving]) -> dict[Identifier, datetime]:
    """Up to when nothing counts of an identifier."""
    return {one: leaving.fact.at for leaving in leavings for one in leaving.identifiers}


def who_goes(identity: Identity, policy: Policy, named: dict[str, Any]) -> frozenset[Identifier]:
    """One person leaves, though the list may name the devices of others: whoever the strongest identifier is that is
    shared by none. Nobody leaves if there is no such."""
    if "id" in named:
        candidates = [one for one in identity.evidence.seen if account_name(one) == named["id"]]
    else:
        candidates = policy.normals(named["identifiers"])
    own_ones = [one for one in candidates if one in identity.evidence.seen and one not in identity.shared]
    strongest = policy.strongest(own_ones)
    if strongest is None:
        return frozenset()
    # Those evicted for size are no less that person's.
    person = identity.group_of(strongest)
    company = identity.evidence.company()
    # Devices go if they were seen only with that member, whether it has them, or they are shared and have none.
    devices = {one for one in person | identity.shared if policy.is_device(one) and company[one] <= person}
    return frozenset({one for one in person if not policy.is_device(one)} | devices)


def first_sight(identity: Identity, going: frozenset[Identifier]) -> tuple[Fact, Identifier] | None:
    """Of the member that goes; what is evicted or shared is none of it, a device that stays is."""
    person = {other for one in going for other in identity.group_of(one) if identity.member_of(other)}
    sights = [(identity.evidence.seen[one][0], one) for one in person]
    return min(sights, key=lambda sight: (*sight[0].key, list_of(sight[0], sight[1], identity.policy)), default=None)


def list_of(fact: Fact, identifier: Identifier, policy: Policy) -> int:
    """In which of its lists a fact shows an identifier: an invitation shows the inviter first."""
    lists = [policy.normals(sent) for sent in lists_in(fact.body)]
    return next((n for n, seen in enumerate(lists) if identifier in seen), 0)


def pseudonym(leavings: list[Leaving], account: Identifier | str, at: datetime) -> str | None:
    """Under which name an account goes on, of what happened up to a leaving; the first one takes it."""
    for leaving in leavings:
        accounts: set[Identifier | str] = {*leaving.identifiers, *map(account_name, leaving.identifiers)}
        if account in accounts and at <= leaving.fact.at:
            return leaving.pseudonym
    return None
