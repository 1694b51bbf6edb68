"""Events of members, as facts of the graph.

(:Event)-[:SHOWS {list}]->(:Identifier)
(:MemberFact)-[:AT]->(:Party), -[:SERVED_BY]->(:Party)   the store and the clerk that it names
"""

import base64
import re
import secrets
from dataclasses import replace
from typing import Any

from graph_service.intake import events
from graph_service.intake.facts import Facts, account, shown
from graph_service.intake.fields import Member

MemberEvent = (
    events.MemberIdentified
    | events.MemberRegistered
    | events.StoreChosen
    | events.MemberConsented
    | events.MemberWithdrew
    | events.IdentityPolicySet
    | events.MemberLinked
    | events.MemberUnlinked
    | events.MemberReleased
    | events.MemberInvited
    | events.MemberLeft
    | events.PetRegistered
    | events.CareRecorded
    | events.AppointmentBooked
    | events.AppointmentCancelled
    | events.PointsAdjusted
)

ACCOUNTS = ("account", "invitee")
"""The property that holds the account of the first and of the second list of identifiers."""

NAMED_BY_ID = ("memberId", "inviteeId")
"""The property that holds the id by which an event names either member, where it does."""


def member_facts(event: MemberEvent) -> Facts:
    """What an event of a member adds."""
    match event:
        case events.MemberIdentified():
            return Facts(("IdentityFact",), identifiers=(event.identifiers,))
        case events.IdentityPolicySet():
            return Facts(("PolicyFact",))
        case events.MemberLinked() | events.MemberUnlinked() | events.MemberReleased():
            return Facts(("IdentityFact",), identifiers=([event.a], [event.b]))
        case events.MemberRegistered():
            said: dict[str, Any] = {
                "promoCode": event.promo_code,
                "channel": event.channel,
                "order": event.order,
                "purposes": event.consent,
            }
            parties = _parties(event.store, event.clerk)
            labels = ("MemberFact", "Trigger")
            return Facts(labels, _given(said), parties, identifiers=(event.identifiers,), accounts=(0,))
        case events.StoreChosen():
            return _of_member(event.member, parties=_parties(event.store))
        case events.MemberConsented() | events.MemberWithdrew():
            return _of_member(event.member, {"purposes": event.purposes})
        case events.MemberInvited():
            return Facts(
                ("MemberFact",),
                _given({"campaign": event.campaign}),
                identifiers=(shown(event.inviter), shown(event.invitee)),
                accounts=(account(event.inviter), account(event.invitee, 1)),
            )
        case events.MemberLeft():
            left = _of_member(event.member)
            return replace(left, properties=left.properties | {"pseudonym": draw_pseudonym()})
        case events.PetRegistered():
            return _of_member(event.member, {"pet": event.pet.id})
        case events.CareRecorded():
            return Facts(
                ("CareFact",),
                {"pet": event.pet, "service": event.service},
                _parties(event.store, event.clerk),
            )
        case events.AppointmentBooked() | events.AppointmentCancelled():
            said = {
                "appointment": event.appointment,
                "service": event.service,
                "startsAt": event.starts_at,
                "store": event.store,
            }
            return _of_member(event.member, said, _parties(event.store))
        case events.PointsAdjusted():
            return _of_member(event.member, {"points": event.points})


_PSEUDONYM = re.compile(r"L[A-Z2-7]{26}")


def is_pseudonym(account: str) -> bool:
    """Whether an account has the form of a name that a leaving drew."""
    return _PSEUDONYM.fullmatch(account) is not None


def draw_pseudonym() -> str:
    """A name that tells nothing, under which the accounts of a member that left go on."""
    return "L" + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def _of_member(member: Member, said: dict[str, Any] | None = None, parties: tuple[tuple[str, str], ...] = ()) -> Facts:
    return Facts(
        ("MemberFact",), _given(said or {}), parties, identifiers=(shown(member),), accounts=(account(member),)
    )


def _parties(store: str | None, clerk: str | None = None) -> tuple[tuple[str, str], ...]:
    named = (("AT", store), ("SERVED_BY", clerk))
    return tuple((relation, party) for relation, party in named if party is not None)


def _given(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if value is not None}
