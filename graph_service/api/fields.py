"""Fields of GraphQL types that a method answers; unlike Strawberry's own, they keep the method's type for callers."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def field(description: str) -> Callable[[Resolver], Resolver]:
    """A field with a description."""
    return cast("Callable[[Resolver], Resolver]", strawberry.field(description=description))


def subscription(description: str) -> Callable[[Resolver], Resolver]:
    """A subscription with a description."""
    return cast("Callable[[Resolver], Resolver]", strawberry.subscription(description=description))
