"""Derives decisions: lets proposals pass their limits, writes what came out different, and books it."""

import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from graph_service.ahead import WriteBehind, parts_of
from graph_service.graph.driver import Row, Transaction
from graph_service.rebates.chain import Books, open_books, seal_block, seals_of
from graph_service.rebates.decision import ACCOUNT_ROLES, Decision, by_trigger
from graph_service.rebates.evaluate import AT_ONCE, Derived, Known, RestsOn, evaluate
from graph_service.rebates.funding import Borne, bearers_of, fillers
from graph_service.rebates.holds import fetch_held, with_later_scans
from graph_service.rebates.journal import Occasion, bookings, is_settled, standing
from graph_service.rebates.limited import Limited, pass_limits, recounted
from graph_service.rebates.nodes import Standing, fetch_standing
from graph_service.rebates.placing import Placed, placed
from graph_service.rebates.questions import RebateLine, line_of
from graph_service.rebates.reservation_rows import reservation_row
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.tallies import Tallies, write_tallies


async def derive_decisions(
    transaction: Transaction,
    triggers: Iterable[str],
    rules: Rulebook,
    clock: int,
    regrouped: Set[str] = frozenset(),
    known: Known | None = None,
) -> list[RebateLine]:
    """Brings the decisions on triggers, what follows from them, and the journal, to what the facts say.

    Args:
        transaction: behind the intake's lock.
        triggers: ids of events.
        rules: all rules.
        clock: the log's, in microseconds.
        regrouped: accounts whose members were merged or split, where that is why.
        known: what need not be read again.

    Returns:
        the decisions that are new or changed.
    """
    asked = await with_later_scans(transaction, await _with_orders(transaction, triggers, rules), rules)
    changed: list[RebateLine] = []
    sealed: list[tuple[str, bytes]] = []
    books = Books()
    async with (
        WriteBehind() as behind,
        contextlib.aclosing(compare(transaction, asked, rules, clock, regrouped, known)) as compared,
    ):
        async for comparison in compared:
            await behind.put(_write(transaction, comparison))
            changed += map(line_of, comparison.changed)
            sealed += seals_of(comparison.entries)
            books = comparison.books
    await seal_block(transaction, books, sealed)
    return changed


async def recount(transaction: Transaction, rule: str, rules: Rulebook) -> list[RebateLine]:
    """Lets everything that a rule reserves pass its limits again, from the beginning.

    Returns:
        the decisions that are changed.
    """
    changed: list[RebateLine] = []
    async for comparison in compare_recount(transaction, rule, rules):
        changed += await write(transaction, comparison)
    return changed


async def write(transaction: Transaction, comparison: "Comparison") -> list[RebateLine]:
    """Writes what came out different, and books it.

    Returns:
        the decisions that are new or changed.
    """
    await _write(transaction, comparison)
    await seal_block(transaction, comparison.books, seals_of(comparison.entries))
    return [line_of(row) for row in comparison.changed]


async def _write(transaction: Transaction, comparison: "Comparison") -> None:
    places = placed(comparison.changed, comparison.gone, comparison.stored, comparison.entries, comparison.sharing)
    await transaction.rows_of("rebates/delete_decisions", places.gone)
    await transaction.rows_of("rebates/leave_entries", places.left)
    await transaction.rows_of("rebates/change_decisions", places.changed)
    await transaction.rows_of("rebates/take_nodes", places.taken)
    await transaction.rows_of("rebates/change_beside_entries", places.beside)
    untied = [{"event": event, "relation": how, "party": party} for event, how, party in sorted(comparison.untied)]
    await transaction.rows_of("rebates/delete_resting_on", untied)
    await transaction.rows_of("rebates/write_decisions", _new_rows(comparison, places))
    reversals = [entry for entry in comparison.entries if not entry["revision"] % 2]
    await transaction.rows_of("rebates/link_reversals", reversals)
    await write_tallies(transaction, comparison.tallies)


def _new_rows(comparison: "Comparison", places: Placed) -> list[Row]:
    """What is new of triggers: decisions, what these rest on, entries."""
    ties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event, relation, party in sorted(comparison.tied):
        ties[event].append((relation, party))
    return [
        {
            "trigger": trigger,
            "restsOn": ties.get(trigger),
            "shared": places.shared.get(trigger),
            "decisions": places.decisions.get(trigger),
            "entries": places.entries.get(trigger),
        }
        for trigger in sorted(ties.keys() | places.shared.keys() | places.decisions.keys() | places.entries.keys())
    ]


async def _with_orders(transaction: Transaction, triggers: Iterable[str], rules: Rulebook) -> set[str]:
    """With the orders without a store whose members may belong to another now, because of one of the triggers."""
    asked = set(triggers)
    if rules.pays_for("ORDER"):
        asked |= {row["trigger"] for row in await transaction.rows_of("rebates/orders_resting_on", sorted(asked))}
    return asked


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the facts say about triggers beside what the graph holds.

    Attributes:
        wanted: decisions by id.
        stored: decisions in the graph, as properties, by id.
        sharing: by the ids of some of these, the entries whose nodes they share.
        changed: decisions that are new or different, as properties.
        gone: ids of decisions that no longer follow.
        tied: what decisions newly rest on.
        untied: what they rest on no longer.
        entries: what the journal lacks, as properties.
        books: where the journal stands without them.
        tallies: what limits count anew.
    """

    wanted: Mapping[str, Decision]
    stored: Mapping[str, Row]
    sharing: Mapping[str, Row]
    changed: list[Row]
    gone: list[str]
    tied: set[RestsOn]
    untied: set[RestsOn]
    entries: list[Row]
    books: Books
    tallies: Tallies

    @property
    def differences(self) -> list[str]:
        """What differs, in words."""
        return [
            *(f"decision {row['id']} on {row['trigger']}" for row in self.changed),
            *(f"decision {key}, which no longer follows" for key in self.gone),
            *(f"party that {event} rests on" for event, _, _ in sorted(self.tied | self.untied)),
            *(f"entry {entry['id']} in the journal" for entry in self.entries),
            *(f"tally {key}" for key in sorted(self.tallies.written.keys() | self.tallies.gone)),
        ]


async def compare(
    transaction: Transaction,
    triggers: Iterable[str],
    rules: Rulebook,
    clock: int,
    regrouped: Set[str] = frozenset(),
    known: Known | None = None,
) -> AsyncGenerator[Comparison, None]:
    """Decides on triggers and compares with the graph, some of them at a time; writes nothing."""
    asked = sorted(set(triggers))
    known = known or Known()
    derived = await evaluate(transaction, asked, rules, clock, known)
    # Nothing stands yet for what is new.
    stands = await fetch_standing(transaction, [one for one in asked if one not in known.scans])
    stored = [row for standing in stands for row in standing.decisions]
    limited = await _limit(transaction, derived, stored, rules)
    ties = {(one.trigger, relation, party) for one in stands for relation, party in one.rests_on}
    stands += await _stands_of(transaction, limited.others)
    everyone = await _with_funders(transaction, derived, limited.others, rules, clock)
    bearers = _bearers(everyone, (*limited.decisions, *limited.others), rules)
    books = known.books or await open_books(transaction)
    why = Occasion(await _concerned(transaction, regrouped, stands), rules.periodic)
    decisions, others = by_trigger(limited.decisions), by_trigger(limited.others)
    stands_of = {one.trigger: one for one in reversed(stands)}
    tied, untied = _by_event(derived.rests_on - ties), _by_event(ties - derived.rests_on)
    events = sorted({*asked, *decisions, *others, *stands_of})
    tallies = limited.tallies
    for part in parts_of(events, AT_ONCE):
        yield _beside(
            Limited(
                [one for event in part for one in decisions.get(event, ())],
                [one for event in part for one in others.get(event, ())],
                tallies,
            ),
            [stands_of[event] for event in part if event in stands_of],
            {event: derived.triggers[event] for event in part if event in derived.triggers},
            bearers=bearers,
            books=books,
            why=why,
            tied={tie for event in part for tie in tied.get(event, ())},
            untied={tie for event in part for tie in untied.get(event, ())},
        )
        tallies = Tallies()


def _by_event(ties: Iterable[RestsOn]) -> Mapping[str, list[RestsOn]]:
    found: dict[str, list[RestsOn]] = defaultdict(list)
    for tie in ties:
        found[tie[0]].append(tie)
    return found


async def _concerned(transaction: Transaction, regrouped: Set[str], stands: Iterable[Standing]) -> Set[str]:
    """With the other accounts of their members, where something was booked for an account that may be taken back."""
    if not regrouped or not any(row["role"] in ACCOUNT_ROLES for one in stands for row in one.entries):
        return regrouped
    return regrouped | {row["account"] for row in await transaction.rows_of("members/accounts_of", sorted(regrouped))}


async def _limit(transaction: Transaction, derived: Derived, stored: Iterable[Row], rules: Rulebook) -> Limited:
    proposals = derived.decisions
    held = await fetch_held(transaction, proposals, derived.suspects, rules) if rules.holds else {}
    return await pass_limits(transaction, proposals, derived.triggers, stored, rules, held)


async def limited_decisions(transaction: Transaction, derived: Derived, rules: Rulebook) -> list[Decision]:
    """What limits make of what rules propose for some events, as the graph stands."""
    stands = await fetch_standing(transaction, sorted(derived.triggers))
    stored = [row for standing in stands for row in standing.decisions]
    return (await _limit(transaction, derived, stored, rules)).decisions


async def compare_recount(transaction: Transaction, rule: str, rules: Rulebook) -> AsyncIterator[Comparison]:
    """Counts everything that a rule reserves again and compares with the graph, a page at a time; writes nothing.

    Whoever writes what a page comes to does so before asking for the next.
    """
    clock = int((await transaction.run("intake/clock"))[0]["clock"] or 0)
    async for limited in recounted(transaction, rule, rules):
        everyone = await _with_funders(transaction, Derived(), limited.others, rules, clock)
        yield _beside(
            limited,
            await _stands_of(transaction, limited.others),
            {},
            bearers=_bearers(everyone, limited.others, rules),
            books=await open_books(transaction),
            why=Occasion(periodic=rules.periodic),
        )


async def _with_funders(
    transaction: Transaction, derived: Derived, others: Iterable[Decision], rules: Rulebook, clock: int
) -> Derived:
    """With who fills which role at further events, where a rule lets others than its brand bear what it pays."""
    funded = {one.trigger for one in others if rules.version_of(one.rule, one.version).rule.funding is not None}
    if not funded:
        return derived
    more = await evaluate(transaction, funded, rules, clock)
    return more | derived


def _beside(
    limited: Limited,
    stands: Sequence[Standing],
    times: Mapping[str, tuple[int, int]],
    *,
    bearers: Callable[[Decision], Borne],
    books: Books,
    why: Occasion,
    tied: Set[RestsOn] = frozenset(),
    untied: Set[RestsOn] = frozenset(),
) -> Comparison:
    """What limits make of proposals beside what stands in the graph."""
    stored = {row["id"]: row for one in stands for row in one.decisions}
    wanted = {decision.id: decision for decision in (*limited.decisions, *limited.others)}
    known = {row["trigger"]: (row["at"], row["decidedAt"]) for row in stored.values()} | dict(times)
    rows = {key: decision_row(decision, *known[decision.trigger]) for key, decision in wanted.items()}
    booked = standing([entry for one in stands for entry in one.entries])
    happened = {event: at for event, (at, _) in known.items()}
    for key, decision in wanted.items():
        if decision.status == "ACCRUED" and is_settled(decision, booked, books.closings, happened[decision.trigger]):
            rows[key]["status"] = "SETTLED"
    return Comparison(
        wanted=wanted,
        stored=stored,
        sharing={key: entry for one in stands for key, entry in one.sharing.items()},
        changed=[row for key, row in rows.items() if stored.get(key) != row],
        gone=sorted(stored.keys() - rows.keys()),
        tied=set(tied),
        untied=set(untied),
        entries=bookings(list(wanted.values()), booked, happened, bearers=bearers, books=books, why=why),
        books=books,
        tallies=limited.tallies,
    )


async def _stands_of(transaction: Transaction, decisions: Iterable[Decision]) -> list[Standing]:
    """What stands for decisions on events whose other decisions nothing is known to have changed."""
    about = {(one.rule, one.trigger, one.role, one.payee) for one in decisions}

    def concerns(row: Row) -> bool:
        return (row["rule"], row["trigger"], row["role"], row.get("payee")) in about

    return [
        replace(one, decisions=list(filter(concerns, one.decisions)), entries=list(filter(concerns, one.entries)))
        for one in await fetch_standing(transaction, sorted({trigger for _, trigger, _, _ in about}))
    ]


def _bearers(derived: Derived, decisions: Iterable[Decision], rules: Rulebook) -> Callable[[Decision], Borne]:
    """Who bears what decisions pay, by their rules and by who fills which role at their triggers."""
    of_trigger = by_trigger(decisions)
    brands: dict[tuple[str, int], Borne | None] = {}

    def bearers(decision: Decision) -> Borne:
        version = (decision.rule, decision.version)
        if version not in brands:
            rule = rules.version_of(*version).rule
            brands[version] = bearers_of(rule, {}) if rule.funding is None else None
        if (alone := brands[version]) is not None:
            return alone
        rule = rules.version_of(*version).rule
        return bearers_of(rule, derived.fillers(decision.trigger) | fillers(of_trigger.get(decision.trigger, ())))

    return bearers


def decision_row(decision: Decision, at: int, recorded_at: int) -> Row:
    """A decision as properties; it is decided when its trigger is recorded, so that a rebuild says the same."""
    row = {
        "id": decision.id,
        "rule": decision.rule,
        "version": decision.version,
        "trigger": decision.trigger,
        "role": decision.role,
        "payee": decision.payee,
        "status": decision.status,
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "reason": decision.reason,
        "at": at,
        "decidedAt": recorded_at,
        "due": decision.due,
        "cause": decision.cause,
        "effectiveAt": decision.effective_at,
        "reverses": decision.reverses,
    }
    if decision.reservation is not None:
        row |= reservation_row(decision.reservation, decision.amount_fen, decision.points)
    return {key: value for key, value in row.items() if value is not None}
