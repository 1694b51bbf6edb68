"""How referrals spread: invitations, members brought in, registrations, redemptions, by campaign and generation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx

from graph_service.api.errors import LimitExceeded
from graph_service.graph.driver import Row, Transaction
from graph_service.members.people import people
from graph_service.trade.vouchers import vouchers_of

MOST_INVITATIONS = 50_000
"""Invitations of a period that one question takes into memory."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What became of the invitations of one generation of a campaign.

    Attributes:
        campaign: None for invitations of no campaign.
        number: 1 for whom members invited who were not brought in by this campaign themselves.
        invitations: that were sent.
        members: that were brought in.
        registrations: of these, since they were invited.
        redemptions: members of these who redeemed a voucher since.
        reproduction: how many members of the next generation each of them brought in, on average.
    """

    campaign: str | None
    number: int
    invitations: int
    members: int
    registrations: int
    redemptions: int
    reproduction: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Members that invited each other or were seen with the same identifiers, such as a device.

    Attributes:
        members: ids, in order.
        shared: ids of the identifiers that several of them were seen with.
        invitations: between them.
    """

    members: tuple[str, ...]
    shared: tuple[str, ...]
    invitations: tuple[str, ...]


async def invitations_between(transaction: Transaction, since: int, until: int) -> list[Row]:
    """The invitations of a period, in microseconds, half-open; refused ones included.

    Raises:
        LimitExceeded: there are more than `MOST_INVITATIONS`.
    """
    found = await transaction.run(
        "trade/invitations_between", **{"from": since, "until": until, "limit": MOST_INVITATIONS + 1}
    )
    if len(found) > MOST_INVITATIONS:
        raise LimitExceeded("Invitations in the period", len(found), MOST_INVITATIONS, path="until")
    return found


async def fission(transaction: Transaction, since: int, until: int) -> list[Generation]:
    """The figures of a period, by campaign and generation."""
    rows = await invitations_between(transaction, since, until)
    known = await people(transaction, {row[name] for row in rows for name in ("inviter", "invitee")} - {None})
    member = {account: person.id for account, person in known.items()}
    owner = {one: person.id for person in known.values() for one in person.ids}
    registered: dict[str, int] = {}
    redeemed: dict[str, list[int]] = defaultdict(list)
    invited = {member[row["invitee"]] for row in rows if row["refused"] is None and row["invitee"] in member}
    accounts = [account for account, person in owner.items() if person in invited]
    for row in await transaction.rows_of("trade/registered", sorted(accounts)):
        person = owner[row["account"]]
        registered[person] = max(row["at"], registered.get(person, row["at"]))
    for account, vouchers in (await vouchers_of(transaction, accounts)).items():
        redeemed[owner[account]] += [one.redeemed.at for one in vouchers if one.redeemed is not None]
    by_campaign: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_campaign[row["campaign"]].append(row)
    figures: list[Generation] = []
    for campaign in sorted(by_campaign, key=lambda one: (one is not None, one or "")):
        figures += _generations(campaign, by_campaign[campaign], member, registered, redeemed)
    return figures


def _generations(
    campaign: str | None,
    rows: Sequence[Row],
    member: Mapping[str, str],
    registered: Mapping[str, int],
    redeemed: Mapping[str, Sequence[int]],
) -> list[Generation]:
    generation: dict[str, int] = {}
    sent: dict[int, int] = defaultdict(int)
    brought: dict[int, list[Row]] = defaultdict(list)
    counting = {member[row["invitee"]]: row for row in rows if row["refused"] is None and row["invitee"] in member}

    def generation_of(inviter: str | None) -> int:
        """Of whom an inviter invites; an inviter was always brought in before, so this ends."""
        path: list[str] = []
        while inviter is not None and inviter in counting and inviter not in generation:
            path.append(inviter)
            inviter = member.get(counting[inviter]["inviter"])
        number = generation.get(inviter or "", 0)
        for one in reversed(path):
            number += 1
            generation[one] = number
        return number + 1

    for row in rows:
        number = generation_of(member.get(row["inviter"] or ""))
        sent[number] += 1
        if row["refused"] is None:
            brought[number].append(row)
    return [
        Generation(
            campaign,
            number,
            sent[number],
            len(brought[number]),
            sum(registered.get(member.get(row["invitee"], ""), row["at"] - 1) >= row["at"] for row in brought[number]),
            sum(
                any(at >= row["at"] for at in redeemed.get(member.get(row["invitee"], ""), ()))
                for row in brought[number]
            ),
            len(brought.get(number + 1, ())) / len(brought[number]) if brought[number] else 0.0,
        )
        for number in sorted(sent)
    ]


async def clusters(
    transaction: Transaction, since: int, until: int, *, types: Sequence[str], fewest: int
) -> list[Cluster]:
    """Groups of invitations of a period whose members were seen with the same devices or addresses, largest first.

    Args:
        transaction: to read in.
        since: the beginning of the period, in microseconds.
        until: its end, exclusive.
        types: of the identifiers that count as shared, such as `DEVICE`.
        fewest: members that a group has at least.
    """
    rows = await invitations_between(transaction, since, until)
    known = await people(transaction, {row[name] for row in rows for name in ("inviter", "invitee")} - {None})
    owner = {one: person.id for person in known.values() for one in person.ids}
    graph = networkx.Graph()
    for row in await transaction.rows_of("trade/seen_together", sorted(owner), types=list(types)):
        graph.add_edge(("member", owner[row["account"]]), ("shared", row["other"]))
    graph.remove_nodes_from([one for one in graph if one[0] == "shared" and graph.degree(one) < 2])
    group_of: dict[str, int] = {}
    groups: list[tuple[set[str], set[str]]] = []
    for nodes in networkx.connected_components(graph):
        members = {id_ for kind, id_ in nodes if kind == "member"}
        if len(members) >= fewest:
            group_of |= dict.fromkeys(members, len(groups))
            groups.append((members, {id_ for kind, id_ in nodes if kind == "shared"}))
    between: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        inviter, invitee = (group_of.get(owner.get(row[name] or "", "")) for name in ("inviter", "invitee"))
        if inviter is not None and inviter == invitee:
            between[inviter].append(row["event"])
    found = [
        Cluster(tuple(sorted(members)), tuple(sorted(shared)), tuple(sorted(between[number])))
        for number, (members, shared) in enumerate(groups)
        if between[number]
    ]
    return sorted(found, key=lambda one: (-len(one.members), one.members))
