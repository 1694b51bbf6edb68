"""Derives who brought a member in: the first valid invitation (`contract/rules.md`, Referrals).

    (:Identifier)-[:INVITED_BY {event, at, campaign, inviter}]->(:Identifier)   the accounts of a valid invitation
    (:Identifier)-[:INVITED_AS]->(:Identifier)   from every other account of the invited member to that one
    (:MemberFact {refused})                       why an invitation does not count

`INVITED_BY` joins accounts, not members, so that merges and splits rewrite only what they change; `inviter` is the id
of the account that it leads to, for the index. An invitation by or of a member who left counts on, under the name of
the leaving: what was earned by it stays. Nothing is joined for it, because that name is no member.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.ahead import parts_of
from graph_service.graph.driver import Row, Transaction
from graph_service.members.facts import is_pseudonym
from graph_service.members.people import Person, people

NO_MEMBER = "no_member"
SELF_REFERRAL = "self_referral"
KNOWN_BEFORE = "known_before_inviter"
ALREADY_INVITED = "already_invited"
REASONS = (NO_MEMBER, SELF_REFERRAL, KNOWN_BEFORE, ALREADY_INVITED)
"""Why an invitation does not count, in the order in which they are tried."""

_AT_ONCE = 1_000
_EVER = -(2**62)

Sight = tuple[int, str, int]
"""When a member was first seen: `at`, and where that must be told, by which event and in which of its lists."""


class Invitation(NamedTuple):
    """An invitation in force, by the accounts that it names."""

    at: int
    event: str
    inviter: str | None
    invitee: str | None
    campaign: str | None
    refused: str | None


def judge(
    invitations: Iterable[Invitation], member: Mapping[str, str], first: Mapping[str, Sight]
) -> dict[str, str | None]:
    """Why each invitation does not count, by its event; None for the first valid one of each member.

    The inviter must have been seen strictly before the invitee, so no circle can form.

    Args:
        invitations: all that name any account of the members invited.
        member: the id of the member whose each account is.
        first: when each member was first seen.
    """
    verdicts: dict[str, str | None] = {}
    brought_in: set[str] = set()
    for one in sorted(invitations, key=lambda one: (one.at, one.event)):
        inviter, invitee = member.get(one.inviter or ""), member.get(one.invitee or "")
        if inviter is None or invitee is None:
            verdicts[one.event] = NO_MEMBER
        elif inviter == invitee:
            verdicts[one.event] = SELF_REFERRAL
        elif first[inviter] >= first[invitee]:
            verdicts[one.event] = KNOWN_BEFORE
        elif invitee in brought_in:
            verdicts[one.event] = ALREADY_INVITED
        else:
            verdicts[one.event] = None
            brought_in.add(invitee)
    return verdicts


@dataclass(slots=True)
class Referred:
    """What came out different.

    Attributes:
        accounts: of the invited members whose inviter is another now, or goes by another name.
        events: invitations of which something else was stored.
        joined: accounts that lead to another account of the invited member now.
    """

    accounts: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)


async def derive_referrals(
    transaction: Transaction,
    moved: Collection[str],
    restated: Collection[str] = (),
    events: Collection[str] = (),
    *,
    write: bool = True,
) -> Referred:
    """Decides anew which invitations count.

    Args:
        transaction: to read and write in.
        moved: identifiers whose member is another now, or that were seen earlier than known; names of those who left
            of whom the same is true.
        restated: identifiers of events that came or went by a void.
        events: invitations that are new, or came or went.
        write: whether to change anything.
    """
    named = await _invitations(transaction, "members/invitations", events)
    whose = await people(transaction, {*moved, *restated})
    around = {*moved, *restated}
    for identifier, person in whose.items():
        # What shows a member later than it was known by others changes nothing for whom it invited.
        if identifier in restated or identifier in {one.id for one in person.identifiers if one.since == person.since}:
            around.update(person.ids)
    invited = {row["invitee"] for row in await transaction.rows_of("members/invited_by", sorted(around))}
    accounts = around | invited | {one.invitee for one in named if one.invitee is not None}
    accounts |= {account for person in (await people(transaction, accounts)).values() for account in person.ids}
    offered = {one.event: one for one in (*named, *await _invitations(transaction, "members/invitations_to", accounts))}
    stored = {row["account"]: row for row in await _rows(transaction, "members/inviters", accounts)}
    joined = {row["account"]: row["invitedAs"] for row in await _rows(transaction, "members/invited_as", accounts)}
    if not offered and not stored and not joined:
        return Referred()
    accounts |= {one.inviter for one in offered.values() if one.inviter is not None}
    known = await people(transaction, accounts)
    left = await _formers(transaction, accounts - known.keys())
    first = left | await _first_sights(transaction, offered.values(), known)
    member = {name: name for name in left} | {account: person.id for account, person in known.items()}
    verdicts = judge(offered.values(), member, first)
    joining = {one.event for one in offered.values() if {one.inviter, one.invitee} <= known.keys()}
    referred = await _write(transaction, list(offered.values()), verdicts, joining, stored, write=write)
    referred.accounts |= {str(one.invitee) for one in named if verdicts[one.event] is None}
    accepted = [str(one.invitee) for one in offered.values() if one.event in joining and verdicts[one.event] is None]
    wanted = {other: account for account in accepted for other in known[account].ids if other != account}
    referred.joined = await _join(transaction, joined, wanted, write=write)
    return referred


async def revise_referrals(
    transaction: Transaction, moved: Collection[str], left: Collection[str], events: Collection[str]
) -> None:
    """Decides anew on the invitations by and of many that moved, a part at a time.

    Args:
        transaction: to read and write in.
        moved: identifiers, as `derive_referrals` takes them.
        left: names of those who left, as it takes them.
        events: of which the accounts are others now; those that are invitations count.
    """
    if left:
        await derive_referrals(transaction, left)
    for part in parts_of(sorted(moved), _AT_ONCE):
        business = await transaction.rows_of("members/business_of", part)
        inviting = {row["identifier"] for row in business if row["invites"]}
        if inviting:
            await derive_referrals(transaction, inviting)
    for part in parts_of(sorted(events), _AT_ONCE):
        await derive_referrals(transaction, (), (), part)


async def rebuild_referrals(transaction: Transaction) -> None:
    """Decides on all invitations anew."""
    after = ""
    while page := await transaction.run("rederive/identifiers", after=after, limit=_AT_ONCE):
        identifiers = {row["key"] for row in page}
        await derive_referrals(transaction, identifiers, identifiers)
        after = page[-1]["key"]
    at, event = _EVER, ""
    while page := await transaction.run("members/invitation_ids", at=at, id=event, limit=_AT_ONCE):
        await derive_referrals(transaction, (), (), {row["id"] for row in page})
        at, event = page[-1]["at"], page[-1]["id"]


async def _join(
    transaction: Transaction, stored: Mapping[str, str], wanted: Mapping[str, str], *, write: bool
) -> set[str]:
    """Lets the other accounts of invited members lead to the one that was invited."""
    changed = {one for one in stored.keys() | wanted.keys() if stored.get(one) != wanted.get(one)}
    if write:
        gone = [{"account": one} for one in sorted(changed & stored.keys())]
        come = [{"account": one, "invitedAs": wanted[one]} for one in sorted(changed & wanted.keys())]
        await transaction.rows_of("members/delete_invited_as", gone)
        await transaction.rows_of("members/write_invited_as", come)
    return changed


async def _rows(transaction: Transaction, statement: str, rows: Iterable[str]) -> list[Row]:
    return await transaction.rows_of(statement, sorted(rows))


async def _invitations(transaction: Transaction, statement: str, rows: Iterable[str]) -> list[Invitation]:
    found = await transaction.rows_of(statement, sorted(set(rows)))
    return [Invitation(*(row[name] for name in Invitation._fields)) for row in found]


async def _first_sights(
    transaction: Transaction, invitations: Iterable[Invitation], known: Mapping[str, Person]
) -> dict[str, Sight]:
    """When members were first seen; by which event only where two of one invitation were at one moment."""
    first: dict[str, Sight] = {person.id: (person.since, "", 0) for person in known.values()}
    members = {person.id: person for person in known.values()}
    pairs = ((known.get(one.inviter or ""), known.get(one.invitee or "")) for one in invitations)
    tied = {one.id for pair in pairs for one in pair if one and len({two.since for two in pair if two}) == 1}
    owner = {one.id: id_ for id_ in tied for one in members[id_].identifiers if one.since == members[id_].since}
    shown: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in await transaction.rows_of("members/first_events", sorted(owner)):
        shown[owner[row["identifier"]]] += [(event, number) for event, number in row["events"]]
    return first | {id_: (first[id_][0], *min(events)) for id_, events in shown.items() if events}


async def _formers(transaction: Transaction, accounts: Iterable[str]) -> dict[str, Sight]:
    """When those who left were first seen, by the names under which their accounts go on."""
    rows = await _rows(transaction, "members/formers", filter(is_pseudonym, accounts))
    return {row["account"]: (row["since"], *min((event, number) for event, number in row["shown"])) for row in rows}


async def _write(
    transaction: Transaction,
    invitations: Sequence[Invitation],
    verdicts: Mapping[str, str | None],
    joining: Collection[str],
    stored: Mapping[str, Row],
    *,
    write: bool,
) -> Referred:
    wanted = {
        str(one.invitee): {
            "account": one.invitee,
            "event": one.event,
            "at": one.at,
            "inviter": one.inviter,
            "campaign": one.campaign,
        }
        for one in invitations
        if verdicts[one.event] is None and one.event in joining
    }
    refused = [
        {"event": one.event, "refused": verdicts[one.event]}
        for one in invitations
        if verdicts[one.event] != one.refused
    ]
    gone = [row for account, row in stored.items() if wanted.get(account) != row]
    come = [row for account, row in wanted.items() if stored.get(account) != row]
    if write:
        await transaction.rows_of("members/write_refusals", refused)
        await transaction.rows_of("members/delete_inviters", gone)
        await transaction.rows_of("members/write_inviters", come)
    accounts = {row["account"] for row in (*gone, *come)}
    accounts |= {one.invitee for one in invitations if verdicts[one.event] != one.refused and one.invitee is not None}
    return Referred(accounts, {row["event"] for row in (*refused, *gone, *come)})
