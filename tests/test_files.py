"""Files of events: every form says the same, one bad line stops none, and what can't be read says why."""

import csv
import gzip
import io
import json
import tracemalloc
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph_service.errors import ServiceError
from graph_service.intake.cells import json_types
from graph_service.intake.files import EventFile
from graph_service.intake.strict_json import InvalidJson

AT = "2026-05-01T08:00:00+08:00"


def contents(path: Path) -> list[Any]:
    with EventFile(path) as file:
        indexed = list(file)
        assert file.share == 1.0
    assert [index for index, _ in indexed] == list(range(len(indexed)))
    return [content for _, content in indexed]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def refusal(path: Path) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        contents(path)
    return refused.value


EVENTS: list[dict[str, Any]] = [
    {"id": "1", "type": "goods.received", "at": AT, "codes": ["A", "B"], "party": "S1"},
    {
        "id": "2",
        "type": "party.registered",
        "at": AT,
        "party": {
            "id": "S1",
            "kind": "STORE",
            "name": "喵喵",
            "position": {"lat": 22.5, "lon": 114},
            "services": ["wash"],
        },
    },
    {
        "id": "3",
        "type": "product.listed",
        "at": AT,
        "product": {"sku": "007", "name": "粮", "brand": "B", "priceFen": 9900},
    },
    {
        "id": "4",
        "type": "goods.scanned",
        "at": AT,
        "code": "12",
        "member": {"identifiers": [{"type": "PHONE", "value": "1"}]},
    },
]


def as_csv(events: list[dict[str, Any]]) -> bytes:
    def cells(value: Any, path: str = "") -> dict[str, str]:
        if isinstance(value, dict):
            return {k: v for key, inner in value.items() for k, v in cells(inner, f"{path}.{key}".lstrip(".")).items()}
        return {path: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}

    rows = [cells(event) for event in events]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("form", [".ndjson", ".json", ".csv"])
def test_every_form_says_the_same(tmp_path: Path, form: str, packed: str) -> None:
    lines = "\n".join(json.dumps(event, ensure_ascii=False) for event in EVENTS).encode()
    data = {".ndjson": lines, ".json": json.dumps(EVENTS, indent=1).encode(), ".csv": as_csv(EVENTS)}[form]
    assert contents(written(tmp_path / f"events{form}{packed}", data)) == EVENTS


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_parquet_has_objects_lists_times_and_nulls(tmp_path: Path, packed: str) -> None:
    shenzhen = timezone(timedelta(hours=8))
    rows = [
        {
            "id": "1",
            "type": "product.listed",
            "at": datetime(2026, 5, 1, 8, tzinfo=shenzhen),
            "product": {"sku": "A", "name": "粮", "brand": "B", "priceFen": Decimal("9900"), "category": None},
            "codes": None,
            "member.id": None,
        },
        {
            "id": "2",
            "type": "goods.scanned",
            "at": datetime(2026, 5, 1, 8, 0, 0, 5, tzinfo=shenzhen),
            "product": {"sku": None, "name": None, "brand": None, "priceFen": None, "category": None},
            "codes": ["A"],
            "member.id": "M",
        },
    ]
    out = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    at = table.schema.get_field_index("at")
    pq.write_table(table.set_column(at, "at", table["at"].cast(pa.timestamp("ns", "Asia/Shanghai"))), out)
    assert contents(written(tmp_path / f"events.parquet{packed}", out.getvalue())) == [
        {
            "id": "1",
            "type": "product.listed",
            "at": "2026-05-01T00:00:00+00:00",
            "product": {"sku": "A", "name": "粮", "brand": "B", "priceFen": 9900},
        },
        {
            "id": "2",
            "type": "goods.scanned",
            "at": "2026-05-01T00:00:00.000005+00:00",
            "codes": ["A"],
            "member": {"id": "M"},
        },
    ]


def test_parquet_rows_that_are_no_json_are_refused_alone(tmp_path: Path) -> None:
    rows = [
        {"id": str(n), "type": "t", "at": datetime(2026, 5, 1), "x": x} for n, x in enumerate([1.0, float("nan"), 2.5])
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    first, second, third = contents(tmp_path / "a.parquet")
    assert (first["x"], third["x"]) == (1, 2.5)
    assert first["at"] == "2026-05-01T00:00:00"  # no offset: intake says INVALID_TIME
    assert isinstance(second, InvalidJson)


def test_a_bad_line_stops_none_and_blank_lines_do_not_count(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"a":1}\r\n\r\n  \t\n{"a":NaN}\n{"a":1,"a":2}\n\xff\xfe\n[1]\n{"a":1.0}'
    values = contents(written(tmp_path / "a.ndjson", data))
    assert [value for value in values if not isinstance(value, InvalidJson)] == [{"a": 1}, [1], {"a": 1}]
    assert [isinstance(value, InvalidJson) for value in values] == [False, True, True, True, False, False]


def test_a_bad_element_of_an_array_stops_none(tmp_path: Path) -> None:
    data = b' [ {"a":1} , {"a":1,"a":2}, {"a":Infinity},{"a":"\xff"},{"a":"x]"}, 3 ] '
    values = contents(written(tmp_path / "a.json", data))
    assert [isinstance(value, InvalidJson) for value in values] == [False, True, True, True, False, False]
    assert values[4:] == [{"a": "x]"}, 3]


@pytest.mark.parametrize("data", [b"{}", b"[1", b"[1 2]", b"[1]x", b"[1,]", b"nonsense", b"[" * 100_000])
def test_what_is_no_array_is_refused_whole(tmp_path: Path, data: bytes) -> None:
    assert refusal(written(tmp_path / "a.json", data)).code == "FILE_DAMAGED"


@pytest.mark.parametrize("data", [b"", b"  \n", b"[]"])
def test_nothing_is_no_event(tmp_path: Path, data: bytes) -> None:
    assert contents(written(tmp_path / "a.json", data)) == []
    assert contents(written(tmp_path / "a.csv", b"")) == []
    assert contents(written(tmp_path / "a.csv", b"id,type,at\r\n")) == []
    assert contents(written(tmp_path / "a.ndjson.gz", b"")) == []


def test_cells_are_typed_by_what_the_field_needs(tmp_path: Path) -> None:
    header = (
        "id,type,at,rule.version,rule.id,rule.budgetFen,"
        "party,party.attributes.size,party.position.lat,codes,other,party.promoCode"
    )
    rows = [
        "007,rule.published,x,2,1e5,12.0,,,,,,",
        '8,party.registered,x,,,,,"{""a"":1}",22.5,,1,0012',
        "9,party.registered,x,,,,,12,north,,true,",
        "10,goods.received,x,,,,S1,,,A;B,,",
        '11,goods.received,x,,,,S1,,,"[""A"",""0""]",,',
    ]
    values = contents(written(tmp_path / "a.csv", "\n".join([header, *rows]).encode()))
    assert values == [
        {"id": "007", "type": "rule.published", "at": "x", "rule": {"version": 2, "id": "1e5", "budgetFen": 12}},
        {
            "id": "8",
            "type": "party.registered",
            "at": "x",
            "party": {"attributes": {"size": {"a": 1}}, "position": {"lat": 22.5}, "promoCode": "0012"},
            "other": "1",
        },
        {
            "id": "9",
            "type": "party.registered",
            "at": "x",
            "party": {"attributes": {"size": "12"}, "position": {"lat": "north"}},
            "other": "true",
        },
        {"id": "10", "type": "goods.received", "at": "x", "party": "S1", "codes": "A;B"},
        {"id": "11", "type": "goods.received", "at": "x", "party": "S1", "codes": ["A", "0"]},
    ]
    assert json_types("goods.scanned", "position.lat") == {"number"}
    assert json_types("nonsense", "position.lat") == {"string"}


def test_rows_that_are_no_event_are_refused_alone(tmp_path: Path) -> None:
    rows = ["1,t,x,S1,", "2,t,x,S1,S2", "3,t,x", '4,t,x,"S"1,', "5,t,\xff,,", "", "6,t,x,,S2"]
    data = "\n".join(["id,type,at,party,party.id", *rows]).encode("latin-1")
    values = contents(written(tmp_path / "a.csv", data))
    assert [isinstance(value, InvalidJson) for value in values] == [False, True, True, True, True, False]
    assert values[-1] == {"id": "6", "type": "t", "at": "x", "party": {"id": "S2"}}


@pytest.mark.parametrize("header", ["id;type;at", "id,type", "id,type,at,at", "id,type,at,\xff"])
def test_a_header_that_can_not_be_is_refused(tmp_path: Path, header: str) -> None:
    assert refusal(written(tmp_path / "a.csv", f"{header}\n1,2,3,4\n".encode("latin-1"))).code == "FILE_DAMAGED"


def test_what_can_not_be_read_says_why(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"a": "0123456789"}\n' * 10_000)
    (tmp_path / "short.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a.ndjson").mkdir()
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nonsense")
    for name, code in {
        "a.xlsx": "UNKNOWN_SUFFIX",
        "a.gz": "UNKNOWN_SUFFIX",
        "missing.csv": "FILE_UNREADABLE",
        "a.ndjson": "FILE_UNREADABLE",
        "a.parquet": "FILE_DAMAGED",
        "short.ndjson.gz": "FILE_DAMAGED",
    }.items():
        assert refusal(tmp_path / name).code == code


def test_a_large_file_is_read_in_flat_memory(tmp_path: Path) -> None:
    line = json.dumps(EVENTS[0]).encode() + b"\n"
    path = written(tmp_path / "a.ndjson.gz", line * 30_000)
    table = pa.Table.from_pylist([{"id": str(n), "type": "t", "at": AT, "codes": ["A"] * 20} for n in range(30_000)])
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=5_000)
    (tmp_path / "a.csv").write_text("id,type,at,reason\n" + f"1,goods.destroyed,{AT},{'x' * 200}\n" * 30_000)
    del table
    for each in (path, tmp_path / "a.csv", tmp_path / "a.parquet"):
        tracemalloc.start()
        with EventFile(each) as file:
            assert sum(1 for _ in file) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
        tracemalloc.stop()
