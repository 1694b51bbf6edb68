"""Codes that came together, and their answers as columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_service.goods.bulk_decide import decide
from graph_service.goods.bulk_grounds import Found
from graph_service.goods.bulk_keys import sorted_keys
from graph_service.goods.bulk_owned import OwnedTable
from graph_service.goods.bulk_stories import Told
from graph_service.goods.bulk_timeline import NEVER_NAMED, OWN_CODE, Answer


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a slice, as columns in the order asked.

    Attributes:
        owned: the different answers, to these codes and others.
        codes: text.
        at: the instants that were asked about, in microseconds.
        places: for each code the number of its answer.
        via: text, the codes that the deciding facts named; null without one.
    """

    owned: OwnedTable
    codes: Any
    at: Any
    places: Any
    via: Any


class Window:
    """Codes that came together, with their answers as far as they are decided, in the order of their keys.

    Args:
        asked: a record batch with the columns `code` (text) and `at` (microseconds, null for now).
        present: the instant that is now, in microseconds.
    """

    def __init__(self, asked: Any, present: int) -> None:
        self._codes = asked.column("code")
        self._at = pc.fill_null(asked.column("at"), present)
        self._keys, self._order = sorted_keys(self._codes)
        # Answers are told apart by their identity, so each is kept for as long as that is asked for.
        self._answers = [Answer(NEVER_NAMED)]
        self._numbers: dict[int, int] = {}
        self._places: list[Any] = []
        self._vias: list[Any] = []

    def __len__(self) -> int:
        return len(self._codes)

    def slices(self, size: int) -> Iterator[tuple[int, Any]]:
        """The keys, slice by slice, each with its place."""
        for start in range(0, len(self), size):
            yield start, self._keys.slice(start, size)

    def decide(self, start: int, count: int, found: Sequence[tuple[Found, Told]]) -> None:
        """Decides on the next slice, from what was told of its runs."""
        decided = decide(self._at.take(self._order.slice(start, count)).to_numpy(), found)
        numbers = np.array([self._number(answer) for answer in decided.answers], np.int32)
        # Codes that no event has named keep the first answer, and name nothing.
        places = np.zeros(count, np.int32)
        places[decided.places] = numbers[decided.numbers]
        vias = np.full(count, -1)
        vias[decided.places] = np.arange(len(decided.places))
        self._places.append(pa.array(places))
        self._vias.append(decided.vias.take(pa.array(vias, mask=vias < 0)))

    def _number(self, answer: Answer) -> int:
        number = self._numbers.get(id(answer))
        if number is None:
            number = self._numbers[id(answer)] = len(self._answers)
            self._answers.append(answer)
        return number

    def answers(self, size: int) -> Iterator[Answers]:
        """The answers in slices, when all are decided."""
        as_asked = pc.inverse_permutation(self._order)
        places = pa.concat_arrays(self._places).take(as_asked)
        vias = pa.concat_arrays(self._vias).take(as_asked)
        vias = pc.if_else(pc.fill_null(pc.equal(vias, OWN_CODE), False), self._codes, vias)
        owned = OwnedTable([answer.owned for answer in self._answers])
        for start in range(0, len(self), size):
            columns = (column.slice(start, size) for column in (self._codes, self._at, places, vias))
            yield Answers(owned, *columns)
