"""The identity policy as an event carries it (`contract/identity.md`)."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from graph_service.intake.fields import Fields, IdentifierType

_LONGEST_PATTERN = 1_024


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError):
        raise ValueError("expected a regular expression") from None
    return value


class Namespace(Fields):
    """What identifiers of one type are worth; without limits any number of them may be one person's."""

    priority: Annotated[int, Field(ge=0, le=1_000_000)]
    class_: Annotated[Literal["person", "device"], Field(alias="class")]
    unique: bool | None = None
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    max_members: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class Blocked(Fields):
    """Values that identify nobody."""

    exact: Annotated[list[Annotated[str, Field(max_length=1_024)]], Field(max_length=10_000)] | None = None
    regex: (
        Annotated[
            list[Annotated[str, Field(max_length=_LONGEST_PATTERN), AfterValidator(_pattern)]], Field(max_length=100)
        ]
        | None
    ) = None


class IdentityPolicy(Fields):
    """How identifiers become members."""

    namespaces: Annotated[dict[IdentifierType, Namespace], Field(max_length=1_000)] | None = None
    blocked: Blocked | None = None
    max_identifiers: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    conflict: Literal["latest", "first"] | None = None
