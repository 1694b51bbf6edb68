"""Columns of codes: their keys, and the fewest spans that hold them, without a Python object for each code.

The keys are those of `codes.py`; here Arrow makes them, a column at a time.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graph_service.graph.driver import Row

_PARTS = r"(?s)\A(?P<head>.*?)(?P<digits>[0-9]+)(?P<tail>[^0-9]*)\z"
_SEPARATOR = "\x1f"
# The digits that fit into 64 bits count; those before them, if any, only tell sequences apart.
_SERIAL = r"(?s)\A(?P<text>.*\x1f[0-9]*?)(?P<serial>[0-9]{0,18})\z"


def keys_of(codes: Any) -> Any:
    """The sort keys of a column of codes, as a column."""
    parts = pc.extract_regex(codes, _PARTS)
    digits = pc.struct_field(parts, "digits")
    width = pc.binary_length(digits).cast(pa.string())
    head, tail = pc.struct_field(parts, "head"), pc.struct_field(parts, "tail")
    spelt = pc.binary_join_element_wise(
        pc.binary_join_element_wise(head, width, "{"),
        pc.binary_join_element_wise(tail, digits, _SEPARATOR),
        "}",
    )
    # What has no digits matched nothing, and is null.
    return pc.if_else(pc.is_valid(parts), spelt, pc.binary_join_element_wise(codes, "", _SEPARATOR))


def spans_over(keys: Any, widest_gap: int, most_keys: int) -> Iterator[tuple[Row, int]]:
    """Spans that hold all keys, as rows of a statement, each with how many of the keys it holds.

    Args:
        keys: a column of them, in order.
        widest_gap: how many codes that nobody asked about a span may hold between two that somebody did.
        most_keys: in one span.
    """
    if not len(keys):
        return
    parts = pc.extract_regex(keys, _SERIAL)
    digits = pc.struct_field(parts, "serial")
    serials = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())
    texts = pc.struct_field(parts, "text").dictionary_encode().indices.cast(pa.int64())
    apart = pc.or_(
        pc.not_equal(pc.pairwise_diff(texts), 0),
        pc.greater(pc.pairwise_diff(serials), widest_gap + 1),
    )
    edges = {0, len(keys), *pc.indices_nonzero(pc.fill_null(apart, False)).to_pylist()}
    edges.update(range(0, len(keys), most_keys))
    ordered = sorted(edges)
    firsts = keys.take(pa.array(ordered[:-1], pa.int64())).to_pylist()
    lasts = keys.take(pa.array([edge - 1 for edge in ordered[1:]], pa.int64())).to_pylist()
    counts = [behind - edge for edge, behind in pairwise(ordered)]
    for first, last, count in zip(firsts, lasts, counts, strict=True):
        yield {"first": first, "last": last}, count
