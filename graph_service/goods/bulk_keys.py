"""Columns of codes: their keys, and the fewest spans that hold them, without a Python object for each code.

The keys are those of `codes.py`; here they are made a column at a time: of one series as numbers, else by Arrow.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_service.goods.bulk_series import Series, series_of, texts_of
from graph_service.graph.driver import Row

_PARTS = r"(?s)\A(?P<head>.*?)(?P<digits>[0-9]+)(?P<tail>[^0-9]*)\z"
_SEPARATOR = "\x1f"
# The digits that fit into 64 bits count; those before them, if any, only tell sequences apart.
_SERIAL = r"(?s)\A(?P<text>.*\x1f[0-9]*?)(?P<serial>[0-9]{0,18})\z"


def sorted_keys(codes: Any) -> tuple[Any, Any]:
    """The sort keys of a column of codes in their order, and for each the place of its code in the column."""
    series = series_of(codes)
    if series is None:
        keys = _keys_of_texts(codes)
        order = pc.sort_indices(keys)
        return keys.take(order), order.cast(pa.int64())
    places = np.argsort(series.serials)
    return _keys_of_series(series._replace(digits=series.digits[places])), pa.array(places, pa.int64())


def _keys_of_series(series: Series) -> Any:
    width = str(series.digits.shape[1]).encode()
    text = series.before + b"{" + width + b"}" + series.behind + _SEPARATOR.encode()
    return texts_of(text, series.digits, b"")


def _keys_of_texts(codes: Any) -> Any:
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
    edges = {0, len(keys), *_edges(keys, widest_gap)}
    edges.update(range(0, len(keys), most_keys))
    ordered = sorted(edges)
    firsts = keys.take(pa.array(ordered[:-1], pa.int64())).to_pylist()
    lasts = keys.take(pa.array([edge - 1 for edge in ordered[1:]], pa.int64())).to_pylist()
    counts = [behind - edge for edge, behind in pairwise(ordered)]
    for first, last, count in zip(firsts, lasts, counts, strict=True):
        yield {"first": first, "last": last}, count


def _edges(keys: Any, widest_gap: int) -> list[int]:
    """The places of keys that follow the one before them from too far."""
    series = series_of(keys)
    if series is not None:
        edges: list[int] = (np.flatnonzero(np.diff(series.serials) > widest_gap + 1) + 1).tolist()
        return edges
    parts = pc.extract_regex(keys, _SERIAL)
    digits = pc.struct_field(parts, "serial")
    serials = pc.if_else(pc.equal(digits, ""), "0", digits).cast(pa.int64())
    texts = pc.struct_field(parts, "text").dictionary_encode().indices.cast(pa.int64())
    apart = pc.or_(
        pc.not_equal(pc.pairwise_diff(texts), 0),
        pc.greater(pc.pairwise_diff(serials), widest_gap + 1),
    )
    found: list[int] = pc.indices_nonzero(pc.fill_null(apart, False)).to_pylist()
    return found
