"""Where a Neo4j server is and who may enter."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Connection:
    """What a Neo4j driver needs; the password stays out of what is printed.

    Args:
        uri: such as `bolt://127.0.0.1:34567`.
        username: of the server's user.
        password: of the server's user.
        database: the database's name; None is the user's home database.
    """

    uri: str
    username: str
    password: str = field(repr=False)
    database: str | None = None
