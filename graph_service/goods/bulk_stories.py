"""One story for all items that the same facts reach in the same way, and one timeline for each story.

Whatever a story is told from goes into its *mark*; items with one mark have one story. Which containers the facts named
does not: a story calls them its first, its second and so on, and each ground says which they are. So the units of all
cartons of a delivery share what happened to them, and an answer still names the carton. Scans don't either: each run
says which of its own counts.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graph_service.goods.bulk_channel import ChannelMemory
from graph_service.goods.bulk_grounds import Ground, Grounds
from graph_service.goods.bulk_timeline import Timeline
from graph_service.goods.codes import code_of
from graph_service.goods.containment import Position
from graph_service.goods.read import FIRST, LAST, Goods
from graph_service.goods.story import ScanOfItem, Story
from graph_service.graph.driver import Transaction

Mark = tuple[object, ...]

# No goods are packed that deep; what was read before and after a repacking may look as if they were.
_DEEPEST = 50


class ChangedMeanwhile(Exception):
    """What was read contradicts itself, because events were recorded in between."""


class Marked(NamedTuple):
    """What tells a story from others, and the codes of the containers that its facts name, in the mark's order."""

    mark: Mark
    containers: tuple[str, ...]


class Told(NamedTuple):
    """What there is to know of a run.

    Attributes:
        timeline: of its story.
        containers: the codes of those that its answers refer to.
        opened: the first valid scan of its item, if any.
        rank: of this, as the timeline tells it; -1 without one.
    """

    timeline: Timeline
    containers: tuple[str, ...]
    opened: Position | None = None
    rank: int = -1


class _Held(NamedTuple):
    """What reached an item through a container and what held that, as a number, and the containers named thereby."""

    number: int
    containers: tuple[str, ...]


class Stories:
    """The timelines of runs."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._channel = ChannelMemory()
        self._timelines: dict[Mark, Timeline] = {}
        self._of_ground: dict[Ground, Told] = {}
        self._of_run: dict[str, Told] = {}
        self._numbers: dict[Mark, int] = {}
        self._within: dict[tuple[str, Position, Position], _Held] = {}

    def __len__(self) -> int:
        return len(self._timelines)

    async def tell(self, transaction: Transaction, runs: Sequence[str]) -> list[Told]:
        """What there is to know of known runs, in their order.

        Raises:
            ChangedMeanwhile: when what was read contradicts itself.
        """
        untold = self._untold(runs)
        await self._grounds.complete(transaction, untold)
        marks = await asyncio.to_thread(self._marks, untold)
        await self._make_timelines(transaction, marks)
        return await asyncio.to_thread(lambda: list(map(self._of, runs)))

    def _untold(self, runs: Iterable[str]) -> list[str]:
        """One run of each ground that has no story yet; all runs of an item that has several."""
        of_ground: dict[Ground, str] = {}
        several = []
        for run in runs:
            ground = self._grounds.own(run)
            if ground.item is not None:
                if run not in self._of_run:
                    several.append(run)
            elif ground not in self._of_ground:
                of_ground.setdefault(ground, run)
        return [*of_ground.values(), *several]

    def _of(self, run: str) -> Told:
        known = self._of_run.get(run)
        if known is not None:
            return known
        told = self._of_ground[self._grounds.own(run)]
        scans = self._grounds.scans_of(run)
        if scans:
            told = self._of_run[run] = told._replace(**_opened(told.timeline, scans))
        return told

    def _marks(self, runs: Iterable[str]) -> dict[str, Marked]:
        """The marks of completed runs."""
        marks: dict[str, Marked] = {}
        for run in runs:
            ground = self._grounds.of(run)
            if ground is None:
                raise ChangedMeanwhile
            above = self._holders(ground, FIRST, LAST, 1)
            # Of an item of several runs it matters which of its codes is asked about.
            several = (ground.item, run) if ground.item is not None else None
            mark = several or (ground.born, _events(ground, FIRST, LAST), _shape(above))
            marks[run] = Marked(mark, _distinct(above))
        return marks

    def _holders(self, ground: Ground, since: Position, until: Position, depth: int) -> list[_Held]:
        """What held something between two positions."""
        if depth > _DEEPEST:
            raise ChangedMeanwhile
        held = []
        for stay in ground.stays:
            start, end = max(since, stay.since), min(until, stay.until or LAST)
            if start < end:
                held.append(self._holder(stay.container, start, end, depth))
        return held

    def _holder(self, container: str, since: Position, until: Position, depth: int) -> _Held:
        window = (container, since, until)
        known = self._within.get(window) if depth > 1 else None
        if known is not None:
            return known
        ground = self._grounds.of(container)
        if ground is None:
            return _Held(-1, ())
        events = _events(ground, since, until)
        own = [_Held(0, (code_of(container),))] if events else []
        held = own + self._holders(ground, since, until, depth + 1)
        # Where one item has several codes, its facts tell which of them they named.
        several = container if ground.item is not None else None
        number = self._numbers.setdefault((several, events, _shape(held)), len(self._numbers))
        known = _Held(number, _distinct(held))
        if depth > 1:
            self._within[window] = known
        return known

    async def _make_timelines(self, transaction: Transaction, marks: Mapping[str, Marked]) -> None:
        first_of: dict[Mark, str] = {}
        for run, marked in marks.items():
            first_of.setdefault(marked.mark, run)
        stories = {mark: self._story(run) for mark, run in first_of.items() if mark not in self._timelines}
        around = {mark: _concerned(story) for mark, story in stories.items()}
        parties = {party for named, _ in around.values() for party in named}
        skus = {sku for _, named in around.values() for sku in named}
        await self._channel.fetch(transaction, parties, skus)
        view = self._channel.view(parties, skus)
        turns = {both: self._channel.turns(*both) for both in set(around.values())}
        for mark, story in stories.items():
            run = first_of[mark]
            asked = code_of(run) if self._is_one_of_several(run) else None
            places = {code: place for place, code in enumerate(marks[run].containers)}
            self._timelines[mark] = Timeline(story, view, turns[around[mark]], asked, places)
        for run, marked in marks.items():
            told = Told(self._timelines[marked.mark], marked.containers)
            if self._is_one_of_several(run):
                self._of_run[run] = told._replace(**_opened(told.timeline, self._grounds.scans_of(run)))
            else:
                self._of_ground[self._grounds.own(run)] = told

    def _is_one_of_several(self, run: str) -> bool:
        ground = self._grounds.of(run)
        return ground is not None and ground.item is not None

    def _story(self, run: str) -> Story:
        """The story of a run's item without its scans, told by the functions that tell the story of one code."""
        goods = Goods()
        waiting = [run]
        name = run
        while waiting:
            here = waiting.pop()
            ground = self._grounds.of(here)
            if ground is None:
                continue
            item = ground.item or here
            if here == run:
                name = item
            if item in goods.facts:
                continue
            goods.facts[item] = [
                fact if fact.run else fact._replace(run=here, last=self._grounds.last(here))
                for fact in ground.known_facts
            ]
            goods.stays[item] = list(ground.stays)
            if ground.born is not None:
                goods.born[item] = ground.born
            waiting += [stay.container for stay in ground.stays]
        return goods.story(name, code_of(run) if name != run or self._is_one_of_several(run) else None)


def _opened(timeline: Timeline, scans: Sequence[ScanOfItem]) -> dict[str, Any]:
    opened, rank = timeline.opened(scans)
    return {"opened": opened, "rank": rank}


def _events(ground: Ground, since: Position, until: Position) -> Mark:
    """The facts that name an item between two positions; of an item of several runs, also which run they name."""
    return tuple(
        (fact.event, fact.run) if fact.run else fact.event
        for fact in ground.known_facts
        if since < (fact.at, fact.event) < until
    )


def _distinct(held: Iterable[_Held]) -> tuple[str, ...]:
    """The containers, each where it comes first."""
    return tuple(dict.fromkeys(container for one in held for container in one.containers))


def _shape(held: Sequence[_Held]) -> Mark:
    """What reached an item, with places instead of containers: one that is named twice has one place."""
    if len(held) == 1:
        return (held[0].number,)
    places = {container: place for place, container in enumerate(_distinct(held))}
    return tuple((one.number, tuple(places[container] for container in one.containers)) for one in held)


def _concerned(story: Story) -> tuple[frozenset[str], frozenset[str]]:
    """The parties that a story's items were handed to, and the products that they are."""
    parties = frozenset(one.receiver for one in story.hand_overs if one.receiver is not None)
    return parties, frozenset(one.sku for one in story.commissionings if one.sku is not None)
