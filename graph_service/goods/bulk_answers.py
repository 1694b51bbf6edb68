"""Answers of a job as lines of JSON, lines of CSV, or record batches: the text of an answer is made once."""

import json
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph_service.goods.bulk import Answers
from graph_service.goods.bulk_timeline import OWN_CODE, Owned

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

_FIRST_OF_ANSWER, _VIA = 2, len(SCHEMA) - 1
_TO_QUOTE = '[",\r\n]'
_TO_QUOTE_ONE = re.compile(_TO_QUOTE)
_TO_ESCAPE = r'["\\\x00-\x1f]'


def batch_of(answers: Answers) -> Any:
    """A record batch of `SCHEMA`."""
    said = [pa.array(values, pa.string()).take(answers.places) for values in zip(*answers.owned, strict=True)]
    columns = [answers.codes, answers.at.cast(pa.timestamp("us", "UTC")), *said]
    columns[_VIA] = pc.if_else(pc.fill_null(pc.equal(columns[_VIA], OWN_CODE), False), answers.codes, columns[_VIA])
    return pa.record_batch(columns, schema=SCHEMA)


def ndjson_of(answers: Answers) -> bytes:
    """A JSON object a line."""
    codes = answers.codes
    if pc.any(pc.match_substring_regex(codes, _TO_ESCAPE)).as_py():
        codes = pa.array([_json(code) for code in codes.to_pylist()], pa.string())
    else:
        codes = pc.binary_join_element_wise('"', codes, '"', "")
    head = pc.binary_join_element_wise('{"code":', codes, ',"at":"', _times(answers.at), '",', "")
    return _lines(answers, head, codes, "}\n", _json_of)


def csv_of(answers: Answers) -> bytes:
    """A line of CSV each, without the header."""
    codes = answers.codes
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(codes, '"', '""'), '"', "")
    codes = pc.if_else(pc.match_substring_regex(codes, _TO_QUOTE), quoted, codes)
    head = pc.binary_join_element_wise(codes, ",", _times(answers.at), ",", "")
    return _lines(answers, head, codes, "\n", _csv_of)


def _lines(
    answers: Answers, head: Any, codes: Any, end: str, write: Callable[[Owned], tuple[str, str | None]]
) -> bytes:
    """Lines: what is each code's own, and what comes from its answer."""
    written = [write(one) for one in answers.owned]
    middle = pa.array([text for text, _ in written], pa.string()).take(answers.places)
    via = pc.coalesce(pa.array([text for _, text in written], pa.string()).take(answers.places), codes)
    lines = pc.binary_join_element_wise(head, middle, via, end, "")
    size = pc.sum(pc.binary_length(lines)).as_py() or 0
    return b"" if not size else lines.buffers()[2].slice(0, size).to_pybytes()


def _json_of(one: Owned) -> tuple[str, str | None]:
    """An answer up to the value of `via`, and that value; None for the code's own."""
    named = zip(SCHEMA.names[_FIRST_OF_ANSWER:_VIA], one, strict=False)
    text = "".join(f'"{name}":{_json(value)},' for name, value in named) + '"via":'
    return text, None if one.via == OWN_CODE else _json(one.via)


def _csv_of(one: Owned) -> tuple[str, str | None]:
    text = "".join(f"{_cell(value)}," for value in one[:-1])
    return text, None if one.via == OWN_CODE else _cell(one.via)


def _json(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(value: str | None) -> str:
    if value is None or not _TO_QUOTE_ONE.search(value):
        return value or ""
    return '"' + value.replace('"', '""') + '"'


def _times(at: Any) -> Any:
    """RFC 3339 in UTC, with microseconds where there are any."""
    exact = at.cast(pa.timestamp("us"))
    seconds = exact.cast(pa.timestamp("s"), safe=False)
    is_whole = pc.equal(seconds.cast(pa.timestamp("us")), exact)
    texts = pc.if_else(is_whole, seconds.cast(pa.string()), exact.cast(pa.string()))
    return pc.binary_join_element_wise(pc.binary_replace_slice(texts, 10, 11, "T"), "Z", "")
