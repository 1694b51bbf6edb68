"""Fields of GraphQL types that a method answers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def field(description: str) -> Callable[[Resolver], Resolver]:
    """A field with a description; unlike Strawberry's own, it keeps the method's type for those who call it."""
    return cast("Callable[[Resolver], Resolver]", strawberry.field(description=description))
