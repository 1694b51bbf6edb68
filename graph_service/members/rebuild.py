"""Applies a policy to the whole log: which sightings count, whose accounts, which pairs, which members."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.strict_json import canonical, loads
from graph_service.members.derive import count_pairs_of, count_seen, decide_members
from graph_service.members.facts import ACCOUNTS
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier
from graph_service.members.policy import Policy, policy_of
from graph_service.members.sightings import OPERATOR_TYPES, Sighting, account_in, unfit_of

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Rebooked:
    """A scan whose account is another now: its run, and when it happened in microseconds."""

    event: str
    at: int
    runs: tuple[str, ...]


async def policy_in_force(transaction: Transaction) -> Policy:
    """The policy as last derived."""
    rows = await transaction.run("intake/policy")
    return policy_of(rows[0]["policy"] if rows else None)


async def latest_policy(transaction: Transaction) -> Policy:
    """The policy that the facts say: the latest by (`at`, id), else the built-in one."""
    rows = await transaction.run("members/policies")
    latest = max(rows, key=lambda row: (row["at"], row["event"]), default=None)
    return policy_of(None if latest is None else canonical(loads(latest["body"])["policy"]))


async def rebuild_members(transaction: Transaction, policy: Policy, keys: IdentifierKeys) -> list[Rebooked]:
    """Builds all members by a policy, in this transaction.

    Returns:
        the scans whose accounts changed.
    """
    rebooked: list[Rebooked] = []
    done: set[str] = set()
    async for page in _identifiers(transaction):
        events = {row["event"] for row in await transaction.rows_of("members/events_showing", page)} - done
        done |= events
        _, changed = await judge_sightings(transaction, sorted(events), policy, keys)
        rebooked += changed
    async for page in _identifiers(transaction):
        await count_seen(transaction, page)
        await count_pairs_of(transaction, page)
    async for page in _identifiers(transaction):
        await decide_members(transaction, page, policy, keys, whole=None)
    return rebooked


async def _identifiers(transaction: Transaction) -> AsyncIterator[list[str]]:
    after = ""
    while page := [row["key"] for row in await transaction.run("rederive/identifiers", after=after, limit=_AT_ONCE)]:
        yield page
        after = page[-1]


async def judge_sightings(
    transaction: Transaction, events: Sequence[str], policy: Policy, keys: IdentifierKeys, *, write: bool = True
) -> tuple[list[str], list[Rebooked]]:
    """Decides anew which sightings of events count, and whose account each event is about.

    Returns:
        ids of the events of which something else was stored; and the scans whose accounts changed.
    """
    unfit_rows: list[Row] = []
    account_rows: list[Row] = []
    rebooked: list[Rebooked] = []
    for row in await transaction.rows_of("members/sightings", list(events)):
        shown = [_sighting(row["event"], one, keys) for one in row["shown"]]
        stored = {(one[0], one[1]): one[6] for one in row["shown"] if one[6] is not None}
        unfit = unfit_of(shown, policy)
        unfit_rows += [
            {"event": row["event"], "list": number, "identifier": one, "unfit": unfit.get((number, one))}
            for number, one in sorted(unfit.keys() | stored.keys())
            if unfit.get((number, one)) != stored.get((number, one))
        ]
        if row["type"] in OPERATOR_TYPES or row["type"] == "member.identified":
            continue
        lists = {one.list for one in shown}
        accounts = {
            name: account_in(shown, number, unfit, policy) if number in lists else row[name]
            for number, name in enumerate(ACCOUNTS)
        }
        if accounts != {name: row[name] for name in ACCOUNTS}:
            account_rows.append({"event": row["event"]} | accounts)
            rebooked += [Rebooked(row["event"], row["at"], tuple(row["runs"]))] if row["runs"] else []
    if write:
        await transaction.rows_of("members/write_unfit", unfit_rows)
        await transaction.rows_of("members/write_accounts", account_rows)
    return sorted({row["event"] for row in (*unfit_rows, *account_rows)}), rebooked


def _sighting(event: str, shown: Sequence[object], keys: IdentifierKeys) -> Sighting:
    number, identifier, kind, app, sealed, sent, _ = shown
    compared = PlainIdentifier(str(kind), keys.open(str(sealed)), app if app is None else str(app))
    spellings = (compared.value,) if sent is None else tuple(keys.open(str(one)) for one in _texts(sent))
    return Sighting(int(str(number)), str(identifier), compared, spellings, {"event": event})


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
