"""`graph-service cypher`: a statement of the operator's own, read only."""

from typing import Any

from neo4j.exceptions import ClientError

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph

# The server lets these through in a read transaction, and types them `r`.
_REFUSED = ("LoadCSV", "Show", "Terminate", "Administration")


async def read_only(graph: Graph, text: str) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of a statement that only reads the graph.

    Raises:
        ServiceError: `WRITE_REFUSED`, when it would write, change the schema, read files or manage the server;
            `CYPHER_REFUSED`, when the server does not understand it or stops it.
    """
    try:
        plan = await graph.explain(text)
        refused = sorted(operator for operator in plan.operators if operator.startswith(_REFUSED))
        if plan.kind != "r" or refused:
            raise ServiceError(
                "WRITE_REFUSED",
                f"The statement does more than read the graph{f' ({refused[0]})' if refused else ''}; nothing was run.",
                remedy="What is in the graph changes by events only: graph-service ingest FILE",
            )
        return await graph.run(text, read_only=True)
    except ClientError as error:
        first, *_ = (error.message or error.code or "").splitlines()
        raise ServiceError("CYPHER_REFUSED", f"The server refused the statement: {first}") from None
