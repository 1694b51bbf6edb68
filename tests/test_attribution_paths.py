"""Attribution over a file of paths: equal to its definitions, nothing lost, and what is wrong is told by line."""

from __future__ import annotations

import csv
import math
import random
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.attribution.markov import Chain
from graph_service.attribution.models import PathModel, credits_of
from graph_service.attribution.paths import Trail, read_paths
from graph_service.attribution.weights import time_decay
from graph_service.commands.attribution import model_of, write_credits
from graph_service.errors import ServiceError
from graph_service.moments import DAY
from tests.model import paths as model
from tests.test_cli import run

TRAILS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=6),
        st.integers(0, 3),
        st.integers(0, 500),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)


def trails_of(drawn: list[model.Trail]) -> list[Trail]:
    return [Trail(tuple(steps), conversions, value, nulls) for steps, conversions, value, nulls in drawn]


def conversions(trails: list[Trail], which: PathModel, order: int = 1) -> dict[str, float]:
    return {one.channel: one.conversions for one in credits_of(trails, which, order)}


@given(TRAILS, st.integers(1, 3))
def test_markov_and_shapley_equal_what_their_definitions_give(drawn: list[model.Trail], order: int) -> None:
    expected, expected_value = model.markov(drawn, order)

    credited = credits_of(trails_of(drawn), PathModel.MARKOV, order)

    assert {one.channel: one.conversions for one in credited} == pytest.approx(expected, abs=1e-9)
    assert {one.channel: one.value for one in credited} == pytest.approx(expected_value, abs=1e-6)
    assert conversions(trails_of(drawn), PathModel.SHAPLEY) == pytest.approx(model.shapley(drawn), abs=1e-9)


@given(TRAILS, st.sampled_from(PathModel), st.integers(1, 3))
def test_nothing_is_lost_and_nobody_pays(drawn: list[model.Trail], which: PathModel, order: int) -> None:
    trails = trails_of([(steps, bought, value if bought else 0, nulls) for steps, bought, value, nulls in drawn])

    credited = credits_of(trails, which, order)

    assert math.fsum(one.conversions for one in credited) == pytest.approx(sum(one.conversions for one in trails))
    assert math.fsum(one.value for one in credited) == pytest.approx(sum(one.value for one in trails))
    assert all(one.conversions >= 0 and one.value >= 0 for one in credited)
    assert [one.channel for one in credited] == sorted({channel for one in trails for channel in one.channels})


@given(TRAILS, st.integers(1, 3))
def test_a_row_of_the_transition_matrix_adds_up_to_one(drawn: list[model.Trail], order: int) -> None:
    rows: dict[str, list[float]] = {}
    for step in Chain(trails_of(drawn), order).transitions():
        rows.setdefault(step.origin, []).append(step.probability)

    assert all(math.fsum(row) == pytest.approx(1) for row in rows.values())


def test_a_published_example_of_removal() -> None:
    """Three ways of which one converts: without c1 half of it is lost, without c2 or c3 all."""
    trails = [Trail(("c1", "c2", "c3"), 1), Trail(("c1",), 0, 0, 1), Trail(("c2", "c3"), 0, 0, 1)]

    effects = Chain(trails).removal_effects()

    assert {channel: effect[0] for channel, effect in effects.items()} == pytest.approx({"c1": 0.5, "c2": 1, "c3": 1})
    assert conversions(trails, PathModel.MARKOV) == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4})
    assert [(one.origin, one.target, round(one.probability, 6)) for one in Chain(trails).transitions()] == [
        ("(start)", "c1", 0.666667),
        ("(start)", "c2", 0.333333),
        ("c1", "(null)", 0.5),
        ("c1", "c2", 0.5),
        ("c2", "c3", 1),
        ("c3", "(conversion)", 0.5),
        ("c3", "(null)", 0.5),
    ]


def test_the_models_by_place_on_a_way_with_a_channel_twice() -> None:
    trails = [Trail(("a", "b", "a", "c"), 10, 1000.0), Trail(("b", "c"), 2, 50.0), Trail(("c",), 1, 7.0)]

    assert conversions(trails, PathModel.FIRST_TOUCH) == {"a": 10, "b": 2, "c": 1}
    assert conversions(trails, PathModel.LAST_TOUCH) == {"a": 0, "b": 0, "c": 13}
    assert conversions(trails, PathModel.LINEAR) == {"a": 5, "b": 3.5, "c": 4.5}
    assert conversions(trails, PathModel.POSITION_BASED) == pytest.approx({"a": 5, "b": 2, "c": 6})
    assert conversions(trails, PathModel.SHAPLEY) == pytest.approx({"a": 10 / 3, "b": 10 / 3 + 1, "c": 10 / 3 + 2})


def test_a_week_halves_a_touch_and_years_do_not_lose_it() -> None:
    assert time_decay([14 * DAY, 7 * DAY, 0]) == pytest.approx([1 / 7, 2 / 7, 4 / 7])
    assert time_decay([40_000 * DAY, 40_007 * DAY]) == pytest.approx([2 / 3, 1 / 3])


def test_ten_thousand_journeys_over_twelve_channels(tmp_path: Path) -> None:
    """From a file into files, by the command that people call."""
    draw = random.Random(12)
    names = [f"渠道 {number}" for number in range(12)]
    with (tmp_path / "paths.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["nulls", "path", "conversions", "value"])
        for _ in range(10_000):
            steps = draw.choices(names, weights=range(1, 13), k=draw.randint(1, 9))
            rows.writerow([draw.randint(0, 3), " > ".join(steps), draw.randint(0, 2), draw.randint(1, 9_999) / 100])
    out, matrix = tmp_path / "out.csv", tmp_path / "matrix.csv"

    ended = run(
        *("attribution", "--paths", tmp_path / "paths.csv", "--model", "MARKOV", "--order", "3"),
        *("--out", out, "--matrix", matrix),
    )

    assert ended.returncode == 0, ended.stderr
    with out.open(encoding="utf-8", newline="") as file:
        credited = list(csv.DictReader(file))
    trails = read_paths(tmp_path / "paths.csv")
    assert [row["channel"] for row in credited] == sorted(names)
    assert sum(float(row["conversions"]) for row in credited) == pytest.approx(sum(one.conversions for one in trails))
    assert matrix.read_text("utf-8").startswith("from,to,probability\n(start),渠道 0,")


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        (b"", "INVALID_FIELD", "path"),
        (b"path,conversions,value\na,1,1\n", "INVALID_FIELD", "nulls"),
        (b"path,conversions,value,nulls,note\na,1,1,0,x\n", "UNKNOWN_FIELD", "note"),
        (b"path,conversions,value,nulls,value\na,1,1,0,1\n", "UNKNOWN_FIELD", "value"),
        (b"path,conversions,value,nulls\n\na > b,1,1,0\na,-1,1,0\n", "INVALID_FIELD", "4.conversions"),
        (b"path,conversions,value,nulls\na,1,1,-2\n", "INVALID_FIELD", "2.nulls"),
        (b"path,conversions,value,nulls\na,1,nan,0\n", "INVALID_FIELD", "2.value"),
        (b"path,conversions,value,nulls\na,1,1e999,0\n", "INVALID_FIELD", "2.value"),
        (b"path,conversions,value,nulls\na,1_000,1,0\n", "INVALID_FIELD", "2.conversions"),
        (b"path,conversions,value,nulls\na,,1,0\n", "INVALID_FIELD", "2.conversions"),
        (b"path,conversions,value,nulls\n,1,1,0\n", "INVALID_FIELD", "2.path"),
        (b"path,conversions,value,nulls\na >  > b,1,1,0\n", "INVALID_FIELD", "2.path"),
        (b'path,conversions,value,nulls\n"a\nb",1,1,0\na,1,1\n', "INVALID_FIELD", "4"),
        (b"path,conversions,value,nulls\na,1,1,0\n\xc3\xa4\xff,1,1,0\n", "INVALID_FIELD", "3"),
        (b'path,conversions,value,nulls\n"a,1,1,0\n', "FILE_DAMAGED", "2"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_leaves_no_file(tmp_path: Path, content: bytes, code: str, path: str) -> None:
    paths, out = tmp_path / "paths.csv", tmp_path / "out.csv"
    paths.write_bytes(content)

    with pytest.raises(ServiceError) as told:
        write_credits(lambda: read_paths(paths), PathModel.LINEAR, 1, out=out)

    assert (told.value.code, told.value.path) == (code, path)
    assert not out.exists()


def test_files_and_models_that_are_not_there(tmp_path: Path) -> None:
    paths = tmp_path / "paths.csv"
    with pytest.raises(ServiceError, match="can't be read") as absent:
        read_paths(paths)
    paths.write_text("path,conversions,value,nulls\na > b,1,1,0\n")
    with pytest.raises(ServiceError) as unwritable:
        write_credits(lambda: read_paths(paths), PathModel.MARKOV, 1, out=tmp_path)
    read = partial(read_paths, paths)
    with pytest.raises(ServiceError) as half_unwritable:
        write_credits(read, PathModel.MARKOV, 1, out=tmp_path / "out.csv", matrix=tmp_path / "no" / "matrix.csv")

    assert absent.value.code == "FILE_UNREADABLE"
    assert unwritable.value.code == half_unwritable.value.code == "FILE_NOT_WRITABLE"
    assert [file.name for file in tmp_path.iterdir()] == ["paths.csv"]
    for name in ("TIME_DECAY", "PRECEDENCE", "markov", "SHAPLEIGH"):
        with pytest.raises(ServiceError) as unknown:
            model_of(name)
        assert unknown.value.code == "UNKNOWN_MODEL"


def test_more_states_than_can_be_solved_for_are_refused() -> None:
    trails = [Trail((f"c{number}",), 1) for number in range(5_001)]

    with pytest.raises(ServiceError, match="5,002 states of order 1; 5,000 are allowed") as told:
        credits_of(trails, PathModel.MARKOV)
    assert told.value.code == "LIMIT_EXCEEDED"
