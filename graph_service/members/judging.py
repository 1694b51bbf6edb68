"""What the policy makes of the sightings of events, and whose account each event is about.

    (:Event {account, invitee})-[:SHOWS {unfit}]->(:Identifier)

An account is the strongest identifier that names a member, or the id that does. What happened before its member left
goes on under the name that the leaving drew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_service.graph.driver import Row, Transaction
from graph_service.members.facts import ACCOUNTS, NAMED_BY_ID
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.leaving import leavings_of, name_of
from graph_service.members.policy import Policy
from graph_service.members.remembered import Recall
from graph_service.members.sightings import OPERATOR_TYPES, Sighting, account_in, unfit_of


@dataclass(frozen=True, slots=True)
class Rebooked:
    """A scan whose account is another now: its runs, and when it happened in microseconds."""

    event: str
    at: int
    runs: tuple[str, ...]


@dataclass(slots=True)
class Judged:
    """What was judged otherwise than before, and what follows for members.

    Attributes:
        events: of which something else was stored.
        accounted: of which the account, or the invitee's, was another.
        scans: of these, the scans.
        regrouped: identifiers whose member, or the time when they were first seen, is another now.
        erased: identifiers that are erased by other leavings than before.
        pseudonyms: of these leavings.
        known: pseudonyms of leavings whose members were first seen otherwise than before.
    """

    events: set[str] = field(default_factory=set)
    accounted: set[str] = field(default_factory=set)
    scans: list[Rebooked] = field(default_factory=list)
    regrouped: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    pseudonyms: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def add(self, other: "Judged") -> None:
        """Takes in what else was judged."""
        self.events |= other.events
        self.accounted |= other.accounted
        self.scans += other.scans
        self.erased |= other.erased
        self.pseudonyms |= other.pseudonyms
        self.known |= other.known
        self.regrouped |= other.regrouped


@dataclass(slots=True)
class Judgement:
    """What a policy makes of events.

    Attributes:
        rows: the events as fetched, each with why its sightings link nothing, by list and identifier.
        judged: what is otherwise than stored.
        unfit_rows: to be written.
        account_rows: to be written.
    """

    rows: list[tuple[Row, Mapping[tuple[int, str], str]]] = field(default_factory=list)
    judged: Judged = field(default_factory=Judged)
    unfit_rows: list[Row] = field(default_factory=list)
    account_rows: list[Row] = field(default_factory=list)


async def judge_sightings(
    transaction: Transaction, events: Sequence[str], policy: Policy, keys: IdentifierKeys, *, write: bool = True
) -> Judged:
    """Decides anew which sightings of events count, and whose account each event is about."""
    judgement = await judge(transaction, events, policy, keys)
    if write:
        await write_judged(transaction, judgement.unfit_rows, judgement.account_rows)
    return judgement.judged


async def write_judged(transaction: Transaction, unfit_rows: Sequence[Row], account_rows: Sequence[Row]) -> None:
    """Writes what was judged otherwise."""
    await transaction.rows_of("members/write_unfit", unfit_rows)
    await transaction.rows_of("members/write_accounts", account_rows)


async def judge(transaction: Transaction, events: Sequence[str], policy: Policy, keys: IdentifierKeys) -> Judgement:
    """Decides which sightings of events count, and whose account each event is about; writes nothing."""
    found = Judgement()
    unfit_rows, account_rows = found.unfit_rows, found.account_rows
    wanted: list[tuple[Row, dict[str, str | None]]] = []
    recall = Recall(policy, keys)
    for row in await transaction.rows_of("members/sightings", list(events)):
        shown = [_sighting(row["event"], one, keys, recall) for one in row["shown"]]
        stored = {(one[0], one[1]): one[6] for one in row["shown"] if one[6] is not None}
        unfit = unfit_of(shown, policy)
        found.rows.append((row, unfit))
        unfit_rows += [
            {"event": row["event"], "list": number, "identifier": one, "unfit": unfit.get((number, one))}
            for number, one in sorted(unfit.keys() | stored.keys())
            if unfit.get((number, one)) != stored.get((number, one))
        ]
        if row["type"] not in OPERATOR_TYPES and row["type"] != "member.identified":
            lists = {one.list for one in shown}
            wanted.append(
                (
                    row,
                    {
                        name: account_in(shown, number, unfit, policy) if number in lists else row[named]
                        for number, (name, named) in enumerate(zip(ACCOUNTS, NAMED_BY_ID, strict=True))
                    },
                )
            )
    leavings = await leavings_of(transaction, _accounts_in(accounts for _, accounts in wanted))
    judged = found.judged
    judged.events |= {row["event"] for row in unfit_rows}
    for row, accounts in wanted:
        now = {name: one and name_of(one, row["at"], leavings) for name, one in accounts.items()}
        if now != {name: row[name] for name in ACCOUNTS}:
            account_rows.append({"event": row["event"]} | now)
            judged.accounted.add(row["event"])
            judged.scans += [Rebooked(row["event"], row["at"], tuple(row["runs"]))] if row["runs"] else []
    judged.events |= judged.accounted
    return found


def _accounts_in(wanted: Iterable[Mapping[str, str | None]]) -> set[str]:
    return {one for accounts in wanted for one in accounts.values() if one is not None}


def _sighting(event: str, shown: Sequence[Any], keys: IdentifierKeys, recall: Recall) -> Sighting:
    """A sighting of the graph; of one that was erased it is not known any more how it was spelt."""
    number, identifier, kind, app, sealed, sent, _, erased, place, remembered = shown
    compared = PlainIdentifier(kind, "" if sealed is None else keys.open(sealed), app)
    if erased or sealed is None:
        is_blocked = recall.blocks(remembered)
        return Sighting(number, place or 0, identifier, compared, (), {"event": event}, is_blocked=is_blocked)
    spellings = (compared.value,) if sent is None else tuple(keys.open(one) for one in sent)
    return Sighting(number, place or 0, identifier, compared, spellings, {"event": event})
