"""Answers about one story at any time: they change at a few instants only, so each is decided once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from graph_service.channel.view import ChannelView
from graph_service.goods.containment import Position
from graph_service.goods.ownership import ownership
from graph_service.goods.questions import end_of
from graph_service.goods.story import HandOver, ScanOfItem, Story

OWN_CODE = ""
"""As `via`: the fact named the very code that is asked about. No code is empty."""


class Owned(NamedTuple):
    """An answer as a row of a table: the columns between `at` and `via`, in their order."""

    status: str
    owner: str | None = None
    store: str | None = None
    distributor: str | None = None
    distributor_basis: str | None = None
    salesperson: str | None = None
    salesperson_basis: str | None = None
    brand: str | None = None
    confirmed_by: str | None = None


class Answer(NamedTuple):
    """An answer that items share.

    Attributes:
        owned: what it says.
        via: the code that the fact named, where it was a container's the place of this among the containers of the run
            that is asked about; None without a fact.
    """

    owned: Owned
    via: str | int | None = None


NEVER_NAMED = Owned("UNKNOWN")


class Timeline:
    """The answers about a story, for all items that share it, whenever consumers scanned them.

    A valid scan changes one thing: from then on the item is sold, as it was owned at that moment. When this was matters
    only as far as it lies between other facts: its *rank* is how many hand-overs came before it.

    Args:
        story: of the items, without their scans.
        channel: the parties and products around it.
        turns: instants at which what is known of these changes, in microseconds.
        asked: the code that it is told for; None where it is told for all codes that share it.
        containers: the codes of the containers that its facts name, as the story names them, with their places.

    Attributes:
        turns: the instants at which answers may change, ascending, in microseconds; not those of scans.
    """

    __slots__ = ("_answers", "_asked", "_channel", "_containers", "_story", "turns")

    def __init__(
        self,
        story: Story,
        channel: ChannelView,
        turns: Iterable[int],
        asked: str | None,
        containers: Mapping[str, int],
    ) -> None:
        instants = {one.at for one in (*story.hand_overs, *story.commissionings)}
        self._story = story
        self._channel = channel
        self.turns = sorted(instants.union(turns))
        self._asked = asked
        self._containers = containers
        self._answers: dict[tuple[int, int], Answer] = {}

    def opened(self, scans: Sequence[ScanOfItem]) -> tuple[Position | None, int]:
        """Where the first valid one of an item's scans (oldest first) stands in time, and its rank; None and -1."""
        first = self._story.first_valid(scans)
        if first is None:
            return None, -1
        return first, sum(one.position < first for one in self._story.hand_overs)

    def answer(self, turned: int, instant: int, opened: Position | None, rank: int) -> Answer:
        """Who owned an item at an instant.

        Args:
            turned: how many turns came until then.
            instant: in microseconds.
            opened: the first valid scan of the item, where it came until then.
            rank: of this; -1 without one.
        """
        case = (turned, rank)
        found = self._answers.get(case)
        if found is None:
            found = self._answers[case] = self._decide(instant, opened)
        return found

    def _decide(self, at: int, opened: Position | None) -> Answer:
        story = self._story if opened is None else replace(self._story, opened=opened)
        one = ownership(story, self._channel, at, end_of(at))
        way = one.way
        owned = Owned(
            one.status,
            one.owner,
            one.store,
            way.distributor,
            way.distributor_basis,
            way.salesperson,
            way.salesperson_basis,
            one.brand,
            one.confirmed.event if one.confirmed else None,
        )
        return Answer(owned, self._via(one.confirmed))

    def _via(self, confirmed: HandOver | None) -> str | int | None:
        if confirmed is None:
            return None
        if confirmed.code is None or (confirmed.depth == 0 and self._asked is None):
            return OWN_CODE
        return confirmed.code if confirmed.depth == 0 else self._containers.get(confirmed.code, confirmed.code)
