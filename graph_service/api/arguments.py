"""Optional arguments of GraphQL fields.

They default to `UNSET`, not to None: with None the schema would print `= null`, which the contract does not.
"""

from typing import TypeVar

from strawberry import UNSET

Value = TypeVar("Value")


def given(value: Value | None) -> Value | None:
    """An argument's value; None, too, when it was left out."""
    return None if value is UNSET else value
