"""Questions of a job, `code` and `at`, out of lines and tables: checked a column at a time, told apart by line.

A line that is wrong ends the job: a table of answers with a hole would be taken for a whole one.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from graph_service.errors import ServiceError
from graph_service.intake.strict_json import InvalidJson, loads
from graph_service.moments import DAY, parse_instant

MAX_LINE = 64 * 1024
MAX_CODE = 256
NAMES = ("code", "at")

Place = Literal["Line", "Row"]

# A line as programs write it; any other one is read as JSON, slowly and strictly.
_LINE = (
    r'\A[ \t]*\{[ \t]*"code"[ \t]*:[ \t]*"(?P<code>[^"\\\x00-\x1f]*)"[ \t]*'
    r'(?:,[ \t]*"at"[ \t]*:[ \t]*(?:null|"(?P<at>[^"\\\x00-\x1f]+)")[ \t]*)?\}[ \t\r]*\z'
)
_TIME = r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\z"
_LATEST = parse_instant("9999-12-31T23:59:59.999999Z")
_EARLIEST = parse_instant("0001-01-01T00:00:00Z") - DAY
_BLANK = re.compile(rb"[ \t\r\n]*\Z")


def lines_asked(lines: Sequence[bytes], first_line: int) -> Any:
    """The questions of lines of JSON, as a record batch; blank lines are passed over.

    Args:
        lines: without line feeds.
        first_line: the number of the first of them, from 1.

    Raises:
        ServiceError: `INVALID_JSON`, `UNKNOWN_FIELD`, `INVALID_FIELD` or `INVALID_TIME`, for the first wrong line.
    """
    numbers: Sequence[int] = range(first_line, first_line + len(lines))
    if not all(lines) or any(len(line) < 8 and _BLANK.match(line) for line in lines):
        filled = [(number, line) for number, line in zip(numbers, lines, strict=True) if not _BLANK.match(line)]
        numbers, lines = [number for number, _ in filled], [line for _, line in filled]
    try:
        texts = pa.array(lines, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return _batch_of_values(lines, numbers)
    parts = pc.extract_regex(texts, _LINE)
    if parts.null_count:
        return _batch_of_values(lines, numbers)
    at = pc.struct_field(parts, "at")
    return batch_asked(pc.struct_field(parts, "code"), pc.if_else(pc.equal(at, ""), None, at), numbers)


def _batch_of_values(lines: Sequence[bytes], numbers: Sequence[int]) -> Any:
    codes: list[str | None] = []
    times: list[str | None] = []
    fault: tuple[int, ServiceError] | None = None
    for number, line in zip(numbers, lines, strict=True):
        try:
            code, at = _question(line, number)
        except ServiceError as error:
            fault = (number, error)
            break
        codes.append(code)
        times.append(at)
    # Of two faults the one that stands first is told.
    batch = batch_asked(pa.array(codes, pa.string()), pa.array(times, pa.string()), numbers[: len(codes)])
    if fault is not None:
        raise fault[1]
    return batch


def _question(line: bytes, number: int) -> tuple[str, str | None]:
    if len(line) > MAX_LINE:
        raise ServiceError("INVALID_JSON", f"Line {number} is longer than {MAX_LINE} bytes.", path=str(number))
    try:
        value = loads(line)
    except InvalidJson as fault:
        raise ServiceError("INVALID_JSON", f"Line {number} is no JSON: {fault}.", path=str(number)) from None
    if not isinstance(value, dict):
        raise ServiceError("INVALID_JSON", f"Line {number} is no JSON object.", path=str(number))
    for name in value:
        if name not in NAMES:
            raise _unknown(f"Line {number}", name, f"{number}.{name}")
    code, at = value.get("code"), value.get("at")
    if not isinstance(code, str):
        _refuse_code("Line", number)
    if at is not None and not isinstance(at, str):
        _refuse_time("Line", number)
    return code, at


def require_names(names: Sequence[str], what: str) -> None:
    """Finds out whether a table has the columns of questions and no others.

    Raises:
        ServiceError: `INVALID_FIELD` or `UNKNOWN_FIELD`.
    """
    if "code" not in names:
        raise ServiceError("INVALID_FIELD", f"{what} lacks the column `code`.", path="code")
    for place, name in enumerate(names):
        if name not in NAMES or name in names[:place]:
            raise _unknown(what, name, name)


def table_asked(batch: Any, first_row: int) -> Any:
    """The questions of a record batch of somebody else's.

    Args:
        batch: `code` is text; `at`, where it is there, text or a time with a zone.
        first_row: the number of its first row, from 1.

    Raises:
        ServiceError: `INVALID_FIELD`, `UNKNOWN_FIELD` or `INVALID_TIME`.
    """
    require_names(batch.schema.names, "The table")
    codes = batch.column("code")
    kind = codes.type.value_type if pa.types.is_dictionary(codes.type) else codes.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise ServiceError("INVALID_FIELD", f"The column `code` holds {kind}, not text.", path="code")
    numbers = range(first_row, first_row + len(batch))
    at = batch.column("at") if "at" in batch.schema.names else pa.nulls(len(batch), pa.string())
    if pa.types.is_dictionary(at.type):
        at = at.cast(at.type.value_type)
    if pa.types.is_timestamp(at.type):
        if at.type.tz is None:
            raise ServiceError("INVALID_TIME", "The column `at` has times without a zone.", path="at")
        at = at.cast(pa.timestamp("us", at.type.tz), safe=False).cast(pa.int64())
    else:
        try:
            at = at.cast(pa.string())
        except pa.ArrowException:
            raise ServiceError("INVALID_TIME", f"The column `at` holds {at.type}, no times.", path="at") from None
    return batch_asked(codes.cast(pa.string()), at, numbers, "Row")


def batch_asked(codes: Any, at: Any, numbers: Sequence[int], place: Place = "Line") -> Any:
    """Questions as a record batch of `code` (text) and `at` (microseconds, null for now).

    Args:
        codes: a column of text.
        at: a column of RFC 3339 texts, or of microseconds.
        numbers: of the lines or rows.
        place: what these are.

    Raises:
        ServiceError: `INVALID_FIELD` or `INVALID_TIME`, for the first line with a fault.
    """
    length = pc.fill_null(pc.utf8_length(codes), 0)
    wrong_code = pc.index(pc.and_(pc.greater(length, 0), pc.less_equal(length, MAX_CODE)), False).as_py()
    instants, wrong_time = _instants(at)
    if wrong_code >= 0 and (wrong_time < 0 or wrong_code <= wrong_time):
        _refuse_code(place, numbers[wrong_code])
    if wrong_time >= 0:
        _refuse_time(place, numbers[wrong_time])
    return pa.record_batch([codes, instants], names=list(NAMES))


def _instants(at: Any) -> tuple[Any, int]:
    """The instants that a column says, and the place of the first that is none, or -1."""
    if pa.types.is_integer(at.type):
        inside = pc.and_(pc.greater_equal(at, _EARLIEST), pc.less_equal(at, _LATEST))
        return at, pc.index(pc.fill_null(inside, True), False).as_py()
    if at.null_count == len(at):
        return pa.nulls(len(at), pa.int64()), -1
    plain = pc.all(pc.match_substring_regex(at, _TIME)).as_py()
    if plain:
        try:
            instants = at.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        except pa.ArrowInvalid:
            plain = False
        else:
            return instants, pc.index(pc.fill_null(pc.less_equal(instants, _LATEST), True), False).as_py()
    return _instants_of_values(at)


def _instants_of_values(at: Any) -> tuple[Any, int]:
    """The same for times that are written in other ways, a different one at a time."""
    coded = at.dictionary_encode()
    values: list[int | None] = []
    for text in coded.dictionary.to_pylist():
        try:
            instant = parse_instant(text)
        except ValueError:
            values.append(None)
        else:
            values.append(instant if instant <= _LATEST else None)
    instants = pa.array(values, pa.int64()).take(coded.indices)
    wrong = pc.and_(pc.is_null(instants), pc.is_valid(at))
    return instants, pc.index(wrong, True).as_py()


def _refuse_code(place: Place, number: int) -> NoReturn:
    raise ServiceError(
        "INVALID_FIELD", f"{place} {number}: code: expected 1 to {MAX_CODE} characters.", path=f"{number}.code"
    )


def _refuse_time(place: Place, number: int) -> NoReturn:
    raise ServiceError(
        "INVALID_TIME", f"{place} {number}: at: expected an RFC 3339 time with an offset.", path=f"{number}.at"
    )


def _unknown(where: str, name: str, path: str) -> ServiceError:
    shown = name[:64]
    return ServiceError(
        "UNKNOWN_FIELD", f"{where} has the field {shown!r}; a question is `code` and `at`, each once.", path=path[:80]
    )
