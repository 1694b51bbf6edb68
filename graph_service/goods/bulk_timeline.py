"""Answers about one story at any time: they change at a few instants only, so each is decided once."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import ownership
from graph_service.goods.questions import end_of
from graph_service.goods.story import HandOver, Story

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
    """The answers about a story.

    Args:
        story: of the item.
        channel: the parties and products around it.
        turns: instants at which what is known of these changes, in microseconds.
        asked: the code that it is told for; None where it is told for all codes that share it.
        containers: the codes of the containers that its facts name, as the story names them, with their places.
    """

    __slots__ = ("_answers", "_asked", "_channel", "_containers", "_story", "_turns")

    def __init__(
        self,
        story: Story,
        channel: ChannelView,
        turns: Iterable[int],
        asked: str | None,
        containers: Mapping[str, int],
    ) -> None:
        instants = {one.at for one in (*story.hand_overs, *story.commissionings)}
        if story.opened is not None:
            instants.add(story.opened[0])
        self._story = story
        self._channel = channel
        self._turns = sorted(instants.union(turns))
        self._asked = asked
        self._containers = containers
        self._answers: dict[int, Answer] = {}

    def at(self, instant: int) -> Answer:
        """Who owned it then; between two turns the answer is one."""
        segment = bisect_right(self._turns, instant)
        found = self._answers.get(segment)
        if found is None:
            found = self._answers[segment] = self._decide(instant)
        return found

    def _decide(self, at: int) -> Answer:
        one = ownership(self._story, self._channel, at, end_of(at))
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
