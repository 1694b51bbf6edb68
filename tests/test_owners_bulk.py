"""Jobs answer as single questions do, whatever is asked and however it is cut."""

from __future__ import annotations

import csv
import io
import json
import random
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph_service.errors import ServiceError
from graph_service.goods import bulk, bulk_files, bulk_stories
from graph_service.goods.bulk import OwnershipJob
from graph_service.goods.bulk_answers import SCHEMA, batch_of, csv_of, ndjson_of
from graph_service.goods.bulk_grounds import Grounds
from graph_service.goods.bulk_keys import sorted_keys, spans_over
from graph_service.goods.bulk_owned import OwnedTable
from graph_service.goods.bulk_questions import lines_asked
from graph_service.goods.bulk_stories import ChangedMeanwhile, Stories, Told
from graph_service.goods.bulk_timeline import Owned, Timeline
from graph_service.goods.bulk_window import Answers
from graph_service.goods.codes import Span, key_of
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import instant_of, now, parse_instant
from graph_service.recorder import Recorder
from tests.bulk_answers import Asked, by_job, one_by_one, written_time
from tests.conftest import WIPE
from tests.demonstration import demo_events, demo_world, fill_with_demo
from tests.model import cast, logs
from tests.model.codes import named_codes
from tests.model.log import Event

# Arrow takes its time for the first column of a kind.
unhurried = settings(deadline=None)
CODES = st.text(st.sampled_from("Ux0193\n}{喵😀"), min_size=1, max_size=24)


@unhurried
@given(st.lists(CODES | st.from_regex(r"[A-C][0-9]{1,3}[a-b]?\Z", fullmatch=True)))
@example(["9" * 40, "9" * 39 + "8", "x" + "0" * 30, "abc", "U1", "U2", "U3x", "U4x"])
@example(["U2x", "U1x", "U2x"])
@example(["U2x", "U1y"])
@example(["U20", "Ux1"])
@example(["1" * 18, "0" * 18])
@example(["1" * 19, "0" * 19])
def test_columns_of_codes_have_the_keys_of_codes(codes: list[str]) -> None:
    # A column may be a part of a longer one.
    column = pa.array(["V", *codes, "W"], pa.string()).slice(1, len(codes))

    keys, places = sorted_keys(column)

    assert keys.to_pylist() == sorted(map(key_of, codes))
    assert [key_of(codes[place]) for place in places.to_pylist()] == keys.to_pylist()


@unhurried
@given(st.lists(CODES | st.from_regex(r"[A-C][0-9]{1,3}[a-b]?\Z", fullmatch=True)), st.integers(0, 5))
def test_spans_hold_every_key_once_and_bridge_only_small_gaps(codes: list[str], gap: int) -> None:
    keys = sorted(key_of(code) for code in codes)

    spans = list(spans_over(pa.array(keys, pa.string()), gap, 4))

    assert sum(count for _, count in spans) == len(keys)
    place = 0
    for row, count in spans:
        part = keys[place : place + count]
        assert (row["first"], row["last"]) == (part[0], part[-1])
        assert all(Span(*both).count <= gap + 2 for both in pairwise(part))
        place += count


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(migrated: Graph, keys: IdentifierKeys) -> Graph:
    await fill_with_demo(migrated, keys)
    return migrated


def sample(count: int) -> list[Asked]:
    """Codes and times of all kinds, unknown ones and repetitions among them, the same in every run."""
    chance = random.Random(20260501)
    codes = sorted(named_codes(demo_world().facts))
    codes += ["unknown", "MW26079999999", "MWC", "7", "MW-1"]
    moments = [parse_instant(event["at"]) for event in demo_events()]
    times = [None, *moments, *(moment - 1 for moment in moments), 0, parse_instant("2030-01-01T00:00:00Z")]
    return [(chance.choice(codes), chance.choice(times)) for _ in range(count)]


@pytest.mark.parametrize("rows", [50_000, 700, 7])
async def test_a_job_answers_as_single_questions_do(demo: Graph, rows: int) -> None:
    asked = sample(4_000 if rows > 7 else 200)
    job = OwnershipJob(demo)

    answers = await by_job(demo, asked, rows, job)

    assert answers == await one_by_one(demo, asked, job.present)
    assert len({answer["status"] for answer in answers}) == 5 or rows == 7


async def test_codes_in_order_are_answered_as_in_any_order(demo: Graph) -> None:
    asked = sorted({code: None for code, _ in sample(4_000)}.items())
    mixed = random.Random(1).sample(asked, len(asked))
    job = OwnershipJob(demo)

    in_order, in_disorder = await by_job(demo, asked, 1_000, job), await by_job(demo, mixed, 1_000, job)

    assert in_order == sorted(in_disorder, key=lambda row: str(row["code"]))
    assert in_order == await one_by_one(demo, asked, job.present)


async def test_what_came_together_is_answered_slice_by_slice_in_the_order_asked(
    demo: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 300)
    asked = sample(2_000)
    job = OwnershipJob(demo)

    assert await by_job(demo, asked, 1_100, job) == await one_by_one(demo, asked, job.present)


def test_parts_of_a_file_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_files, "WINDOW", 5)
    parts = [pa.record_batch([pa.array(range(count))], names=["code"]) for count in (2, 2, 2, 7, 1)]

    assert [len(window) for window in bulk_files.gathered(parts)] == [6, 7, 1]
    monkeypatch.setattr(bulk_files, "_MOST_GATHERED", 8)
    assert [len(window) for window in bulk_files.gathered(parts)] == [2, 2, 2, 7, 1]


async def test_keys_are_looked_up_among_the_runs_of_before_while_others_are_learnt(demo: Graph) -> None:
    """One slice is looked up by a thread while what holds the goods of another is fetched."""
    keys = pa.array(sorted({key_of(code) for code, _ in sample(400)}), pa.string())
    grounds = Grounds()
    await demo.read(lambda transaction: grounds.fetch_runs(transaction, keys.slice(0, 50)))
    firsts = grounds.runs_in_order()
    before, found = list(firsts), grounds.runs_of(firsts, keys.to_pylist())
    await demo.read(lambda transaction: grounds.fetch_runs(transaction, keys.slice(50)))

    assert firsts == before
    assert grounds.runs_of(firsts, keys.to_pylist()) == found
    assert len(grounds.runs_in_order()) > len(before)


async def test_what_is_kept_may_be_forgotten_at_any_time(demo: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_MOST_KEPT", 100)
    asked = sample(2_000)
    job = OwnershipJob(demo)

    assert await by_job(demo, asked, 100, job) == await one_by_one(demo, asked, job.present)


async def test_what_contradicts_itself_is_read_anew(demo: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = sample(500)
    job = OwnershipJob(demo)
    tell = Stories.tell
    faults = iter([True, False, True])

    async def sometimes(self: Stories, *arguments: Any) -> list[Told]:
        if next(faults, False):
            raise ChangedMeanwhile
        return await tell(self, *arguments)

    monkeypatch.setattr(Stories, "tell", sometimes)

    assert await by_job(demo, asked, 100, job) == await one_by_one(demo, asked, job.present)

    faults = iter([True] * 10)
    with pytest.raises(ServiceError) as refused:
        await by_job(demo, asked, 100, job)
    assert refused.value.code == "UNAVAILABLE"


@pytest.mark.parametrize("seed", range(8))
async def test_odd_logs_are_answered_alike(migrated: Graph, keys: IdentifierKeys, seed: int) -> None:
    """Aliases, repacking, voids, parties that change: whatever the model's logs have."""
    log = _drawn(seed)
    await migrated.run(WIPE, read_only=False)
    async with Recorder(migrated, keys).running() as recorder:
        assert not (await recorder.record(log, as_admin=True)).rejected
    times = sorted({parse_instant(event["at"]) for event in log})
    around = [None, *times, *(at + 1 for at in times), *(at - 1 for at in times)]
    asked = [(code, at) for code in [*cast.CODES, *cast.STRANGE_CODES] for at in around]
    random.Random(seed).shuffle(asked)
    job = OwnershipJob(migrated)

    assert await by_job(migrated, asked, 500, job) == await one_by_one(migrated, asked, job.present)


def _moved(number: int, event_type: str, **fields: object) -> Event:
    return {"id": f"moved-{number}", "type": event_type, "at": f"2026-05-01T{number:02d}:00:00Z"} | fields


async def test_units_that_consumers_scanned_share_the_story_of_the_others(
    migrated: Graph, keys: IdentifierKeys
) -> None:
    def scanned(number: int, code: str, **fields: object) -> Event:
        return _moved(number, "goods.scanned", code=code) | fields

    member = {"member": {"identifiers": [{"type": "PHONE", "value": "+8613800000000"}]}}
    log = [
        _moved(
            1, "goods.commissioned", sku="X", batch="B", level="UNIT", range={"first": "U01", "last": "U09"}, holder="F"
        ),
        _moved(2, "goods.packed", parent="C1", children=[f"U0{number}" for number in range(1, 10)]),
        _moved(3, "goods.received", codes=["C1"], party="D"),
        scanned(4, "U02", **member),
        _moved(5, "goods.shipped", codes=["C1"], **{"from": "D", "to": "S"}),
        scanned(6, "U03", **member),
        scanned(7, "U04"),
        _moved(8, "goods.received", codes=["C1"], party="S"),
        scanned(9, "U03", **member),
        scanned(10, "U05", **member),
        scanned(11, "U06", **member),
        _moved(12, "goods.received", codes=["C1"], party="T"),
    ]
    await migrated.run(WIPE, read_only=False)
    async with Recorder(migrated, keys).running() as recorder:
        assert not (await recorder.record(log, as_admin=True)).rejected
    times = [parse_instant(event["at"]) for event in log]
    asked = [(f"U0{number}", at + more) for number in range(1, 10) for at in times for more in (-1, 0)]
    told = 0

    def count(*arguments: Any) -> Timeline:
        nonlocal told
        told += 1
        return Timeline(*arguments)

    job = OwnershipJob(migrated)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_stories, "Timeline", count)
        answers = await by_job(migrated, asked, 500, job)

    assert answers == await one_by_one(migrated, asked, job.present)
    assert told == 1
    last = {answer["code"]: (answer["status"], answer["owner"]) for answer in answers}
    sold_by_d, sold_by_s = ("SOLD", "D"), ("SOLD", "S")
    assert last["U02"] == last["U03"] == sold_by_d
    assert last["U05"] == last["U06"] == sold_by_s
    assert last["U01"] == last["U04"] == ("CONFIRMED", "T")


async def test_items_with_one_story_each_name_their_own_container(migrated: Graph, keys: IdentifierKeys) -> None:
    """What moves from the first carton to the second tells another story than what comes back into the first."""
    log = [
        _moved(
            1, "goods.commissioned", sku="X", batch="B", level="UNIT", range={"first": "U01", "last": "U09"}, holder="F"
        ),
        _moved(2, "goods.packed", parent="C1", children=["U01", "U02"]),
        _moved(3, "goods.packed", parent="C2", children=["U03", "U04"]),
        _moved(4, "goods.packed", parent="C3", children=["U05", "U06"]),
        _moved(5, "goods.packed", parent="P", children=["C1", "C2", "C3"]),
        _moved(6, "goods.received", codes=["P"], party="D"),
        _moved(7, "goods.received", codes=["C1", "C2"], party="S1"),
        _moved(8, "goods.received", codes=["C3"], party="S1"),
        _moved(9, "goods.unpacked", parent="C1", children=["U01", "U02"]),
        _moved(10, "goods.unpacked", parent="C2", children=["U03", "U04"]),
        _moved(11, "goods.packed", parent="C1", children=["U01", "U03"]),
        _moved(12, "goods.packed", parent="C2", children=["U02", "U04"]),
        _moved(13, "goods.received", codes=["C1", "C2"], party="S2"),
    ]
    await migrated.run(WIPE, read_only=False)
    async with Recorder(migrated, keys).running() as recorder:
        assert not (await recorder.record(log, as_admin=True)).rejected
    times = [parse_instant(event["at"]) for event in log]
    asked = [(f"U0{number}", at) for number in range(1, 10) for at in times]
    job = OwnershipJob(migrated)

    answers = await by_job(migrated, asked, 500, job)

    assert answers == await one_by_one(migrated, asked, job.present)
    named = {(answer["code"], at): answer["via"] for answer, (_, at) in zip(answers, asked, strict=True)}
    assert [named[f"U0{number}", times[6]] for number in range(1, 7)] == ["C1", "C1", "C2", "C2", "P", "P"]
    assert [named[f"U0{number}", times[12]] for number in range(1, 7)] == ["C1", "C2", "C1", "C2", "C3", "C3"]


def _drawn(seed: int) -> list[Event]:
    """The largest of some logs of Hypothesis."""
    found: list[list[Event]] = [[]]

    @settings(max_examples=15, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(logs.logs(), logs.recorded_logs()))
    def draw(log: list[Event]) -> None:
        found.append(log)

    # Seeded through the function, so that each run draws the same.
    draw._hypothesis_internal_use_seed = seed  # type: ignore[attr-defined]
    draw()
    return max(found, key=len)


async def test_what_is_asked_about_now_is_asked_about_one_instant(demo: Graph) -> None:
    before = now()

    answers = await by_job(demo, [(code, None) for code, _ in sample(200)], 20)

    assert len({answer["at"] for answer in answers}) == 1
    assert before <= answers[0]["at"] <= now()


TEXTS = st.none() | st.text(st.sampled_from('a",;\n\r\\喵 ='), max_size=6)
OWNED = st.builds(Owned, st.sampled_from(["CONFIRMED", "SOLD"]), *[TEXTS] * 8)
ASKED = st.tuples(st.text(st.sampled_from('U1",\n\\喵'), min_size=1), st.integers(-(2**55), 2**57), OWNED, TEXTS)


@unhurried
@given(st.lists(ASKED, min_size=1))
def test_all_forms_say_the_same(rows: list[tuple[str, int, Owned, str | None]]) -> None:
    codes, at, owned, vias = zip(*rows, strict=True)
    places = pa.array(range(len(rows)), pa.int32())
    answers = Answers(
        OwnedTable(owned), pa.array(codes, pa.string()), pa.array(at, pa.int64()), places, pa.array(vias, pa.string())
    )

    expected = [dict(zip(SCHEMA.names, (code, time, *one, via), strict=True)) for code, time, one, via in rows]
    told = [json.loads(line) for line in ndjson_of(answers).decode().removesuffix("\n").split("\n")]
    cells = list(csv.reader(io.StringIO(csv_of(answers).decode(), newline="")))

    assert told == [row | {"at": written_time(row["at"])} for row in expected]
    assert cells == [["" if cell is None else cell for cell in row.values()] for row in told]
    assert [row | {"at": instant_of(row["at"])} for row in batch_of(answers).to_pylist()] == expected


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        (b"U1", "INVALID_JSON", "3"),
        (b'"U1"', "INVALID_JSON", "3"),
        (b'{"code": "U1", "code": "U2"}', "INVALID_JSON", "3"),
        (b'{"code": "\xff"}', "INVALID_JSON", "3"),
        (b'{"code": "\\ud800"}', "INVALID_JSON", "3"),
        (b'{"code": "U1"}' + b" " * 70_000 + b"x", "INVALID_JSON", "3"),
        (b'{"code": "U1", "when": null}', "UNKNOWN_FIELD", "3.when"),
        (b'{"at": null}', "INVALID_FIELD", "3.code"),
        (b'{"code": ""}', "INVALID_FIELD", "3.code"),
        (b'{"code": 7}', "INVALID_FIELD", "3.code"),
        (b'{"code": "' + b"U" * 257 + b'"}', "INVALID_FIELD", "3.code"),
        (b'{"code": "U1", "at": ""}', "INVALID_TIME", "3.at"),
        (b'{"code": "U1", "at": 7}', "INVALID_TIME", "3.at"),
        (b'{"code": "U1", "at": "2026-05-01"}', "INVALID_TIME", "3.at"),
        (b'{"code": "U1", "at": "2026-05-01T08:00:00"}', "INVALID_TIME", "3.at"),
        (b'{"code": "U1", "at": "2026-02-30T08:00:00Z"}', "INVALID_TIME", "3.at"),
        (b'{"code": "U1", "at": "9999-12-31T23:59:59-01:00"}', "INVALID_TIME", "3.at"),
    ],
)
def test_the_first_wrong_line_is_named(line: bytes, code: str, path: str) -> None:
    with pytest.raises(ServiceError) as told:
        lines_asked([b'{"code": "U0"}', b"", line, b'{"code": ""}', b"nonsense"], 1)

    assert (told.value.code, told.value.path) == (code, path)


TIMES = ["2026-05-01T08:00:00+08:00", "2026-05-01t00:00:00.5z", "2026-05-01T00:00:60Z", "2026-05-01T00:00:00.1234567Z"]


@pytest.mark.parametrize("also", [[], TIMES[1:2], TIMES[2:], ["0001-01-01T00:00:00+14:00"]])
def test_times_mean_what_they_mean_in_events(also: list[str]) -> None:
    times = [TIMES[0], *also]

    read = lines_asked([json.dumps({"at": at, "code": "U1"}).encode() for at in times], 1)

    assert read.column("at").to_pylist() == [parse_instant(at) for at in times]
