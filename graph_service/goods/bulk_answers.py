"""Answers of a job as lines of JSON, lines of CSV, or record batches: the text of an answer is made once."""

import json
import re
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph_service.goods.bulk_timeline import Owned
from graph_service.goods.bulk_window import Answers

SCHEMA = pa.schema(
    [
        pa.field("code", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        *(
            pa.field(name, pa.string())
            for name in (
                "owner",
                "store",
                "distributor",
                "distributorBasis",
                "salesperson",
                "salespersonBasis",
                "brand",
                "confirmedBy",
                "via",
            )
        ),
    ]
)
"""The columns of every form, in their order."""

CSV_HEADER = (",".join(SCHEMA.names) + "\n").encode()

_MOST_WRITTEN = 100_000
_FIRST_OF_ANSWER, _VIA = 2, len(SCHEMA) - 1
_TO_QUOTE = '[",\r\n]'
_TO_QUOTE_ONE = re.compile(_TO_QUOTE)
_TO_ESCAPE = r'["\\\x00-\x1f]'


def batch_of(answers: Answers) -> Any:
    """A record batch of `SCHEMA`."""
    said = [column.take(answers.places) for column in answers.owned.columns]
    at = answers.at.cast(pa.timestamp("us", "UTC"))
    return pa.record_batch([answers.codes, at, *said, answers.via], schema=SCHEMA)


def ndjson_of(answers: Answers) -> bytes:
    """A JSON object a line."""
    middle = answers.owned.texts(_json_of).take(answers.places)
    via = pc.fill_null(_strings(answers.via), "null")
    codes, times = _strings(answers.codes), _times(answers.at)
    return _joined('{"code":', codes, ',"at":"', times, 'Z",', middle, via, "}\n")


def csv_of(answers: Answers) -> bytes:
    """A line of CSV each, without the header."""
    middle = answers.owned.texts(_csv_of).take(answers.places)
    via = pc.fill_null(_cells(answers.via), "")
    return _joined(_cells(answers.codes), ",", _times(answers.at), "Z,", middle, via, "\n")


def _strings(texts: Any) -> Any:
    """A column as strings of JSON."""
    if pc.any(pc.match_substring_regex(texts, _TO_ESCAPE)).as_py():
        return pa.array([None if text is None else _json(text) for text in texts.to_pylist()], pa.string())
    return pc.binary_join_element_wise('"', texts, '"', "")


def _cells(texts: Any) -> Any:
    """A column as cells of CSV."""
    if not pc.any(pc.match_substring_regex(texts, _TO_QUOTE)).as_py():
        return texts
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(texts, _TO_QUOTE), quoted, texts)


def _joined(*pieces: Any) -> bytes:
    """Columns of text, and texts that are the same in each row, one behind the other."""
    lines = pc.binary_join_element_wise(*pieces, "")
    size = pc.sum(pc.binary_length(lines)).as_py() or 0
    return b"" if not size else lines.buffers()[2].slice(0, size).to_pybytes()


# The same answers come window after window.
@lru_cache(maxsize=_MOST_WRITTEN)
def _json_of(one: Owned) -> str:
    """An answer up to the value of `via`."""
    named = zip(SCHEMA.names[_FIRST_OF_ANSWER:_VIA], one, strict=True)
    return "".join(f'"{name}":{_json(value)},' for name, value in named) + '"via":'


@lru_cache(maxsize=_MOST_WRITTEN)
def _csv_of(one: Owned) -> str:
    return "".join(f"{_cell(value)}," for value in one)


def _json(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(value: str | None) -> str:
    if value is None or not _TO_QUOTE_ONE.search(value):
        return value or ""
    return '"' + value.replace('"', '""') + '"'


def _times(at: Any) -> Any:
    """RFC 3339 without the zone, with microseconds where there are any."""
    exact = at.cast(pa.timestamp("us"))
    seconds = exact.cast(pa.timestamp("s"), safe=False)
    texts = seconds.cast(pa.string())
    is_whole = pc.equal(seconds.cast(pa.timestamp("us")), exact)
    if not pc.all(is_whole).as_py():
        texts = pc.if_else(is_whole, texts, exact.cast(pa.string()))
    return pc.binary_replace_slice(texts, 10, 11, "T")
