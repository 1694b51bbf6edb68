"""Derives which codes are one item, what became of items, and which container held them."""

from collections.abc import Iterable, Mapping

from graph_service.goods.aliases import Aliases, AliasFact
from graph_service.goods.containment import Past
from graph_service.goods.read import fetch_custody
from graph_service.graph.driver import Row, Transaction


async def derive_aliases(transaction: Transaction, runs: Iterable[str], *, write: bool = True) -> set[str]:
    """Derives the items of runs that events call aliases.

    Returns:
        keys of the runs whose item changed.
    """
    asked = set(runs)
    seen: set[str] = set()
    facts: set[AliasFact] = set()
    old: dict[str, str] = {}
    waiting = asked
    while waiting:
        seen |= waiting
        others: set[str] = set()
        for row in await transaction.rows_of("goods/alias_neighbours", sorted(waiting)):
            others.add(row["other"])
            if row["event"] is not None:
                facts |= {AliasFact(row["event"], 0, run) for run in (row["run"], row["other"])}
            else:
                older, newer = sorted((row["run"], row["other"]))
                old[newer] = older
        waiting = others - seen
    aliases = Aliases(sorted(facts, key=lambda fact: (fact.event, fact.run)))
    changed = {run for run in seen if aliases.item_of(run) != old.get(run, run)}
    if write:
        rows = [{"run": run, "item": aliases.item_of(run)} for run in sorted(changed)]
        await transaction.rows_of("goods/write_aliases", rows)
    # An item that lost or won a code is another item than before, under its old name and its new one.
    return changed | {aliases.item_of(run) for run in changed} | {old[run] for run in changed if run in old}


async def items_of(transaction: Transaction, runs: Iterable[str]) -> Mapping[str, str]:
    """The items of runs, by key."""
    rows = await transaction.rows_of("goods/items_of_runs", sorted(set(runs)))
    return {row["run"]: row["item"] for row in rows}


async def derive_custody(transaction: Transaction, items: Iterable[str], *, write: bool = True) -> dict[str, int]:
    """Derives the pasts of items, and of those inside them whom a change concerns.

    Returns:
        the items whose past came out different, by key, with the first instant at which it does, in microseconds.
    """
    done: set[str] = set()
    changed: dict[str, int] = {}
    waiting = set(items)
    while waiting:
        done |= waiting
        custody, holders = await fetch_custody(transaction, waiting)
        pasts = custody.replay()
        stored = {item: custody.derived[item] for item in waiting if item in custody.derived}
        different = {item for item, past in stored.items() if past != pasts.get(item, Past())}
        changed |= {item: _parting(stored[item], pasts.get(item, Past())) for item in different}
        if write:
            rows = [_row(item, pasts.get(item, Past()), stored[item]) for item in sorted(different)]
            await transaction.rows_of("goods/write_pasts", rows)
        waiting = await _concerned(transaction, different, stored, pasts, holders) - done
    return changed


def _parting(one: Past, other: Past) -> int:
    """The first instant at which two different pasts of an item part."""
    moments = {one.born, one.gone} ^ {other.born, other.gone}
    instants = [moment[0] for moment in moments if moment is not None]
    instants += [stay.since[0] for stay in set(one.stays) ^ set(other.stays)]
    # Where only what it is differs, that is so from its birth on.
    return min(instants, default=one.born[0] if one.born else 0)


async def _concerned(
    transaction: Transaction,
    different: set[str],
    stored: Mapping[str, Past],
    pasts: Mapping[str, Past],
    holders: set[str],
) -> set[str]:
    """Who was packed into items that changed, so that the packing may count now, or not any more.

    A container that came or went concerns everything ever packed into it; one that only moved, what may hold itself.
    """
    rows = await transaction.rows_of("goods/contents_by_facts", sorted(different))
    concerned: set[str] = set()
    for row in rows:
        before, after = stored[row["container"]], pasts.get(row["container"], Past())
        if (before.born, before.gone) != (after.born, after.gone) or row["item"] in holders:
            concerned.add(row["item"])
    return concerned


def _row(item: str, past: Past, stored: Past) -> Row:
    stays = [
        {
            "container": stay.container,
            "since": stay.since[0],
            "sinceEvent": stay.since[1],
            "until": stay.until[0] if stay.until else None,
            "untilEvent": stay.until[1] if stay.until else None,
        }
        for stay in past.stays
    ]
    return {
        "item": item,
        "past": {
            "bornAt": past.born[0] if past.born else None,
            "bornBy": past.born[1] if past.born else None,
            "goneAt": past.gone[0] if past.gone else None,
            "goneBy": past.gone[1] if past.gone else None,
            "sku": past.sku,
            "batch": past.batch,
            "level": past.level,
        },
        "stays": stays if past.stays != stored.stays else None,
    }
