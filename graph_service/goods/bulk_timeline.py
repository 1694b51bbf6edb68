"""Answers about one story at any time: they change at a few instants only, so each is decided once."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from graph_service.channel.view import ChannelView
from graph_service.goods.ownership import ownership
from graph_service.goods.questions import end_of
from graph_service.goods.story import Story

OWN_CODE = ""
"""As `via`: the fact named the very code that is asked about. No code is empty."""


class Owned(NamedTuple):
    """An answer as a row of a table: the columns behind `code` and `at`, in their order."""

    status: str
    owner: str | None = None
    store: str | None = None
    distributor: str | None = None
    distributor_basis: str | None = None
    salesperson: str | None = None
    salesperson_basis: str | None = None
    brand: str | None = None
    confirmed_by: str | None = None
    via: str | None = None


NEVER_NAMED = Owned("UNKNOWN")


class Timeline:
    """The answers about a story.

    Args:
        story: of the item.
        channel: the parties and products around it.
        turns: instants at which what is known of these changes, in microseconds.
        asked: the code that it is told for; None where it is told for all codes that share it.
    """

    __slots__ = ("_answers", "_asked", "_channel", "_story", "_turns")

    def __init__(self, story: Story, channel: ChannelView, turns: Iterable[int], asked: str | None) -> None:
        instants = {one.at for one in (*story.hand_overs, *story.commissionings)}
        if story.opened is not None:
            instants.add(story.opened[0])
        self._story = story
        self._channel = channel
        self._turns = sorted(instants.union(turns))
        self._asked = asked
        self._answers: dict[int, Owned] = {}

    def at(self, instant: int) -> Owned:
        """Who owned it then; between two turns the answer is one."""
        segment = bisect_right(self._turns, instant)
        found = self._answers.get(segment)
        if found is None:
            found = self._answers[segment] = self._decide(instant)
        return found

    def _decide(self, at: int) -> Owned:
        one = ownership(self._story, self._channel, at, end_of(at))
        via = None
        if one.confirmed is not None:
            own = one.confirmed.depth == 0 and self._asked is None
            via = OWN_CODE if own else one.confirmed.code or OWN_CODE
        way = one.way
        return Owned(
            one.status,
            one.owner,
            one.store,
            way.distributor,
            way.distributor_basis,
            way.salesperson,
            way.salesperson_basis,
            one.brand,
            one.confirmed.event if one.confirmed else None,
            via,
        )
