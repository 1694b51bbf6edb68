"""`graph-service demo`: loads the demonstration network and asks it what the one screen shows.

It asks through the functions that answer GraphQL, so the screen shows what the service answers.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from graph_service.channel.questions import branch_of, parties_by_id
from graph_service.channel.read import fetch_listings
from graph_service.channel.registry import Registry
from graph_service.commands.demo_people import PeopleShown, ask_people
from graph_service.commands.ingest import record_file
from graph_service.commands.running import stop_requests
from graph_service.commands.settling import settle
from graph_service.errors import ServiceError
from graph_service.goods.journey import Step, journeys
from graph_service.goods.ownership import Ownership
from graph_service.goods.questions import ownerships
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.files import EventFile
from graph_service.intake.strict_json import InvalidJson, canonical
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier, plain
from graph_service.moments import now
from graph_service.progress import say
from graph_service.rebates.explain import explanations
from graph_service.rebates.questions import RebateLine, rebates_of_triggers
from graph_service.recorder import Report
from graph_service.resources import resource
from graph_service.service import Service

Tree = dict[str, Any]

_DEEPEST = 10
_WIDEST = 10_000


@dataclass(frozen=True, slots=True)
class Story:
    """What the demonstration tells of, from `seeds/story.json`: a code, scans, a distributor, a member, an order."""

    journey_code: str
    paid_scan: str
    unpaid_scan: str
    distributor: str
    invited: PlainIdentifier
    order: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows.

    Attributes:
        story: what was asked about.
        journey: of the story's code, oldest first.
        scanned_at: when it was scanned, in microseconds.
        ownership: of the code at its scan.
        product: name of the product.
        paid: decisions on the paid scan, each with its reasons.
        unpaid: decisions on the unpaid scan, each with its reasons.
        totals: by role.
        branch: how many parties of each kind are below the story's distributor.
        depth: how many links below it the last of them is.
        people: the inviters of the story's member, and what its order rests on.
        parties: those that are named, by id.
    """

    story: Story
    journey: Sequence[Step]
    scanned_at: int
    ownership: Ownership
    product: str
    paid: Sequence[tuple[RebateLine, Tree]]
    unpaid: Sequence[tuple[RebateLine, Tree]]
    totals: Sequence[Row]
    branch: Mapping[str, int]
    depth: int
    people: PeopleShown
    parties: Mapping[str, Row]


async def demonstrate(service: Service) -> None:
    """Loads what is not there yet, and prints the screen.

    Raises:
        ServiceError: `HOME_IN_USE`, when the graph holds other events under the demonstration's ids.
    """
    from graph_service.commands.demo_screen import print_screen  # noqa: PLC0415 - loads rich

    await load(service, resource("seeds") / "demo.ndjson.gz")
    shown = await service.graph.read(partial(ask, keys=service.keys), service.graph.latest_bookmarks())
    print_screen(shown)


async def load(service: Service, file: Path) -> None:
    """Records the demonstration's events, unless all of them are there.

    Raises:
        ServiceError: `HOME_IN_USE`, before anything is written.
    """
    with EventFile(file) as events:
        contents = [content for _, content in events if not isinstance(content, InvalidJson)]
    hashes = {content["id"]: service.keys.content_hash(canonical(content)) for content in contents}
    known = await service.graph.read(lambda transaction: transaction.rows_of("intake/known", sorted(hashes)))
    if any(row["hash"] != hashes[row["id"]] for row in known):
        raise _in_use()
    if len(known) == len(hashes):
        say("The demonstration network is loaded already.")
        return
    report = Report()
    with stop_requests(lambda: say("Stopping after this batch …")) as stop, EventFile(file) as events:
        await record_file(service.recorder, events, report, stop, "Loading the demonstration network")
    if stop.is_set():
        raise KeyboardInterrupt
    await settle(service.recorder.backlog)
    say(f"Loaded {report.accepted:,} events; {report.duplicates:,} came twice.")


async def ask(transaction: Transaction, keys: IdentifierKeys) -> Shown:
    """Asks the graph what the screen shows."""
    story = _story()
    lines = await rebates_of_triggers(transaction, [story.paid_scan, story.unpaid_scan])
    paid, unpaid = lines[story.paid_scan], lines[story.unpaid_scan]
    shown = await ask_people(transaction, keys.id_of(story.invited), story.order)
    if not (paid and unpaid) or shown is None:
        raise _in_use()
    trees = await explanations(transaction, [*paid, *unpaid])
    scanned_at = paid[0].at
    ownership = (await ownerships(transaction, [(story.journey_code, scanned_at)]))[0].ownership
    journey = (await journeys(transaction, [(story.journey_code, None)]))[0]
    products = Registry(await fetch_listings(transaction, [ownership.sku] if ownership.sku else []))
    below = await branch_of(
        transaction, story.distributor, kind=None, at=None, now=now(), max_depth=_DEEPEST, after=None, limit=_WIDEST
    )
    named = {party for step in journey for party in (step.sender, step.receiver)}
    named |= {ownership.owner, ownership.way.distributor, ownership.way.salesperson, story.distributor}
    named |= {line.payee for line in (*paid, *unpaid)}
    named |= {tree["ownership"]["owner"] for tree in trees if "ownership" in tree}
    named |= shown.stores
    return Shown(
        story,
        journey,
        scanned_at,
        ownership,
        str(products.get(ownership.sku, scanned_at).get("name", ownership.sku)),
        list(zip(paid, trees[: len(paid)], strict=True)),
        list(zip(unpaid, trees[len(paid) :], strict=True)),
        await transaction.run("demo/totals_by_role"),
        Counter(party["kind"] for _, party in below),
        max((depth for depth, _ in below), default=0),
        shown,
        await parties_by_id(transaction, [party for party in named if party is not None]),
    )


def _story() -> Story:
    told = json.loads((resource("seeds") / "story.json").read_text("utf-8"))
    invited = told["invitedMember"]
    return Story(
        told["journeyCode"],
        told["paidScan"],
        told["unpaidScan"],
        told["distributor"],
        plain(invited["type"], invited["value"], invited.get("app")),
        told["attributedOrder"],
    )


def _in_use() -> ServiceError:
    return ServiceError(
        "HOME_IN_USE",
        "The graph holds other events than the demonstration's.",
        remedy="Give the demonstration a home of its own: graph-service demo --home DIR",
    )
