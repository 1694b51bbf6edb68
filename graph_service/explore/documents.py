"""GraphML and GEXF: one document of nodes and relations, which networkx writes when all of them are there."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph_service.explore.elements import Edge, Node, Part
from graph_service.explore.limits import require_size
from graph_service.explore.network import network_of

if TYPE_CHECKING:
    import networkx

_CREATOR = "channel-graph-service"
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document:
    """Collects nodes and relations, and writes them at the end.

    Args:
        form: `graphml` or `gexf`.
        file: to write.
    """

    def __init__(self, form: str, file: Path) -> None:
        self._form = form
        self._file = file.open("wb")
        self._part = Part()

    def add(self, *, nodes: Sequence[Node] = (), edges: Sequence[Edge] = ()) -> None:
        """Takes nodes and relations in.

        Raises:
            TooMuch: when they are more than fit.
        """
        self._part.add(nodes=nodes, edges=edges)
        require_size(self._part.nodes, self._part.edges)

    def finish(self) -> None:
        """Writes the document."""
        graph = _storable(network_of(self._part, numbered=True))
        with self._file:
            if self._form == "gexf":
                _write_gexf(graph, self._file)
            else:
                _write_graphml(graph, self._file)

    def abandon(self) -> None:
        """Closes the file."""
        self._file.close()


def _write_graphml(graph: "networkx.MultiDiGraph", file: Any) -> None:
    import networkx as nx  # noqa: PLC0415 - only analysts need it

    # The writer for the standard library's XML, whatever else is installed: the bytes are to be the same.
    nx.write_graphml_xml(graph, file, named_key_ids=True)


def _write_gexf(graph: "networkx.MultiDiGraph", file: Any) -> None:
    from networkx.readwrite.gexf import GEXFWriter  # noqa: PLC0415 - only analysts need it

    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(graph)
    # It writes the date and its own version, and the same graph is to be the same bytes.
    meta = writer.xml.find("meta")
    meta.attrib.pop("lastmodifieddate", None)
    meta.find("creator").text = _CREATOR
    writer.write(file)


def _storable(graph: "networkx.MultiDiGraph") -> "networkx.MultiDiGraph":
    """The graph without characters that XML cannot hold, which show as their code points; mostly as it was."""
    import networkx as nx  # noqa: PLC0415 - only analysts need it

    for data in [attributes for _, attributes in graph.nodes(data=True)] + [
        attributes for *_, attributes in graph.edges(data=True)
    ]:
        data.update({name: _text(value) for name, value in data.items() if isinstance(value, str)})
    renamed = {node: shown for node in graph if (shown := _text(node)) != node}
    return nx.relabel_nodes(graph, renamed) if renamed else graph


def _text(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
