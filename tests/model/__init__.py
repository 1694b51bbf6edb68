"""The reference model: the contract once more, in plain Python, as short and obvious as it can be."""

from tests.model.log import Log
from tests.model.rebates import Decision
from tests.model.world import World

__all__ = ["Decision", "Log", "World"]
