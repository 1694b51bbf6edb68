"""The field types that the events of the contract are made of."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from graph_service.moments import parse_instant

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

MAX_CODES = 100_000
MAX_IDENTIFIERS = 20
MAX_IDENTIFIER_LENGTH = 1_024


def fault(field: str, expected: str) -> PydanticCustomError:
    """The error of a field that only its neighbours show to be wrong."""
    return PydanticCustomError("wrong_together", "{expected}", {"field": field, "expected": expected})


def _instant(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("expected an RFC 3339 time with an offset")
    return parse_instant(value)


def _printable(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("expected text without control characters")
    return value


def _region(value: str) -> str:
    if not all(value.split("/")):
        raise ValueError("expected names from large to small, joined by '/'")
    return value


class Fields(BaseModel):
    """An object of the contract: strict types, no unknown fields, camel case outside, immutable."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, populate_by_name=False, strict=True
    )


Instant = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Id = Annotated[str, Field(min_length=1, max_length=128)]
Code = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_printable)]
Codes = Annotated[list[Code], Field(min_length=1, max_length=MAX_CODES)]
Name = Annotated[str, Field(min_length=1, max_length=512)]
Text = Annotated[str, Field(max_length=4_096)]
Region = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_region)]
Regions = Annotated[list[Region], Field(min_length=1, max_length=1_000)]
Date = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
# A billion yuan: large enough for any price, small enough that sums of 100,000 of them stay 64-bit integers.
Fen = Annotated[int, Field(ge=0, le=100_000_000_000)]
Points = Annotated[int, Field(ge=0, le=100_000_000_000)]
PointsChange = Annotated[int, Field(ge=-100_000_000_000, le=100_000_000_000)]
Purposes = Annotated[list[Id], Field(max_length=100)]

PartyKind = Literal["BRAND", "DISTRIBUTOR", "SALESPERSON", "STORE", "CLERK", "GROUP_LEADER", "WAREHOUSE"]
Level = Literal["UNIT", "CARTON", "PALLET"]
Relation = Literal["SUPPLIES", "EMPLOYS", "SERVES"]


class Position(Fields):
    """A point on the earth, WGS 84, in degrees."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


IdentifierType = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]


class Identifier(Fields):
    """What a member is known by in one place: a phone, a WeChat OpenID of an app, a card."""

    type: IdentifierType
    value: Annotated[str, Field(max_length=MAX_IDENTIFIER_LENGTH), AfterValidator(_printable)]
    app: Id | None = None


Identifiers = Annotated[list[Identifier], Field(max_length=MAX_IDENTIFIERS)]


class Member(Fields):
    """A member: named by identifiers, or by the id of the member or of one of its identifiers."""

    identifiers: Annotated[list[Identifier], Field(min_length=1, max_length=MAX_IDENTIFIERS)] | None = None
    id: Id | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.identifiers is None) == (self.id is None):
            raise ValueError("expected either identifiers or id")
        return self
