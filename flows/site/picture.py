"""The lineage picture: where each box stands, and which lines join them. Templates draw it.

Columns go from the sources on the left to the marts on the right; inside one, boxes are put near
what they are made from and what is made from them, so that few lines cross.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.lineage import IN_LANDING, IN_LEDGER
from warehouse.publication.dictionary import Entry

SOURCES = "sources"
STORES = "stores"
_COLUMNS = {SOURCES: 0, STORES: 1, "core": 2, "ops": 2, "derived": 3, "mart": 4}
"""In which column a room begins; what a room makes of itself stands one further right."""
_LINE, _GAP, _TOP, _CHARACTER, _PADDING = 26, 60, 26, 6.7, 8
_BOX = 20
_SWEEPS = 6


@dataclass(frozen=True)
class Node:
    """One thing in the lineage; `reads` are the names of what it is made from."""

    name: str
    room: str
    reads: tuple[str, ...]
    href: str

    @property
    def label(self) -> str:
        """The name without its schema, which the heading says."""
        return self.name.partition(".")[2] or self.name


@dataclass(frozen=True)
class Box:
    """A node in its place; x and y are of its upper left corner, in pixels."""

    node: Node
    x: float
    y: float
    width: float

    height = _BOX


@dataclass(frozen=True)
class Picture:
    """A lineage to draw: boxes, lines as paths of SVG, headings with their places."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]
    headings: tuple[tuple[str, float, float], ...]


def nodes_of(entries: Mapping[str, Entry], sources: Sequence[str]) -> dict[str, Node]:
    """Everything there is, from the sources on."""
    nodes = [Node(name, SOURCES, (), f"lineage.html#source-{name}") for name in sources]
    nodes.append(Node(IN_LANDING, STORES, tuple(sources), "lineage.html#landing"))
    nodes.append(Node(IN_LEDGER, STORES, (), "lineage.html#ledger"))
    nodes += [Node(e.name, e.room, e.reads, f"{e.name}.html") for e in entries.values()]
    return {node.name: node for node in nodes}


def around(nodes: Mapping[str, Node], name: str) -> dict[str, Node]:
    """One node with what it is made from and what is made from it."""
    return {
        other: node
        for other, node in nodes.items()
        if other == name or other in nodes[name].reads or name in node.reads
    }


def draw(nodes: Mapping[str, Node]) -> Picture:
    """Place the nodes and join those whose both ends are there."""
    columns = _columns(nodes)
    for sweep in range(_SWEEPS):
        _untangle(columns, nodes, to_the_right=sweep % 2 == 0)
    tallest = max(_height(column) for column in columns)
    boxes: dict[str, Box] = {}
    headings: list[tuple[str, float, float]] = []
    x = 0.0
    for column in columns:
        width = max(len(node.label) for node in column) * _CHARACTER + 2 * _PADDING
        y, room = (tallest - _height(column)) / 2, ""
        for node in column:
            if node.room != room:
                room = node.room
                y += _TOP
                headings.append((room, x, y - 8))
            boxes[node.name] = Box(node, x, y, width)
            y += _LINE
        x += width + _GAP
    lines = tuple(_line(boxes[name], box) for box in boxes.values() for name in _ends(box, boxes))
    return Picture(x - _GAP, tallest, tuple(boxes.values()), lines, tuple(headings))


def _columns(nodes: Mapping[str, Node]) -> list[list[Node]]:
    """Nodes by room, and within one by how many of the same room come before."""
    placed: dict[int, list[Node]] = {}
    for node in sorted(nodes.values(), key=lambda node: (node.room, node.name)):
        column = _COLUMNS.get(node.room, max(_COLUMNS.values())) + _depth(node, nodes)
        placed.setdefault(column, []).append(node)
    return [placed[place] for place in sorted(placed)]


def _depth(node: Node, nodes: Mapping[str, Node]) -> int:
    before = [nodes[name] for name in node.reads if name in nodes]
    return max((_depth(one, nodes) + 1 for one in before if one.room == node.room), default=0)


def _untangle(columns: list[list[Node]], nodes: Mapping[str, Node], *, to_the_right: bool) -> None:
    """Sort each column by the mean place of its nodes' neighbours on the side we come from."""
    for column in columns if to_the_right else reversed(columns):
        places = {
            node.name: (index + 0.5) / len(other)
            for other in columns
            for index, node in enumerate(other)
        }
        column.sort(key=lambda node: (node.room, _mean(node, nodes, places, to_the_right)))


def _mean(
    node: Node, nodes: Mapping[str, Node], places: Mapping[str, float], to_the_right: bool
) -> float:
    after = [other.name for other in nodes.values() if node.name in other.reads]
    neighbours = [name for name in (node.reads if to_the_right else after) if name in places]
    return sum(places[name] for name in neighbours or [node.name]) / max(len(neighbours), 1)


def _height(column: Sequence[Node]) -> float:
    return len(column) * _LINE + len({node.room for node in column}) * _TOP


def _ends(box: Box, boxes: Mapping[str, Box]) -> list[str]:
    return [name for name in box.node.reads if name in boxes]


def _line(start: Box, end: Box) -> str:
    x1, y1 = start.x + start.width, start.y + _BOX / 2
    x2, y2 = end.x, end.y + _BOX / 2
    bend = max((x2 - x1) / 2, _GAP / 2)
    return f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
