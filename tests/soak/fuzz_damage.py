"""Random damage to whole bodies: bytes, lines, tags, and the structure of lists of items."""

import html
import json
import random
from collections.abc import Callable
from typing import Any

from tests.soak.fuzz_bodies import ESCAPED_JSON, JSON, Seed

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**70, 0.1, 1e308, "", " ", "1.41k", "\x00\x1b[2J", "\ud7ff"),
    *("<script>alert(1)</script>", "'; DROP TABLE listings; --", "x" * 5_000, [], {}, [[]], [{}]),
)


def damaged(body: Seed, chance: random.Random) -> tuple[bytes, int | None]:
    """A damaged copy, and the number of its items where the damage left that countable."""
    is_list = body.syntax == ESCAPED_JSON or body.label == "huggingface api"
    if is_list and chance.random() < 0.5:
        return _damaged_items(body, chance)
    content = body.content
    for _ in range(chance.choice((1, 1, 2, 5))):
        content = chance.choice(_DAMAGES)(content, chance)
    return content, None


def _damaged_items(body: Seed, chance: random.Random) -> tuple[bytes, int | None]:
    """The list of items with its structure changed, in the body it stood in."""
    if body.syntax == JSON:
        items = json.loads(body.content)
        _damage_structure(items, chance)
        return _as_json(items), len(items) if _is_list_of_papers(items) else None
    start = body.content.index(b'data-props="', body.content.index(b'"DailyPapers"')) + 12
    end = body.content.index(b'"', start)
    props = json.loads(html.unescape(body.content[start:end].decode()))
    _damage_structure(props["dailyPapers"], chance)
    written = html.escape(_as_json(props).decode(), quote=True).encode()
    content = body.content[:start] + written + body.content[end:]
    return content, len(props["dailyPapers"])


def _is_list_of_papers(items: list[Any]) -> bool:
    return not items or any(isinstance(item, dict) and "paper" in item for item in items)


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _damage_structure(items: list[Any], chance: random.Random) -> None:
    """Delete, double, retype, swap or nest something at a random depth of a list, in place."""
    for _ in range(chance.choice((1, 1, 3))):
        holder: Any = items
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(holder[key], (dict, list)) and holder[key] and chance.random() < 0.7:
                holder = holder[key]
                continue
            _change(holder, key, chance)
            break


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    kind = chance.choice(("delete", "double", "retype", "retype", "nest", "swap"))
    if kind == "delete":
        del holder[key]
    elif kind == "double" and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif kind == "nest":
        holder[key] = {"x": [holder[key]]}
    elif kind == "swap":
        other = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[key], holder[other] = holder[other], holder[key]
    else:
        holder[key] = chance.choice(ODD_VALUES)


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 8, 64)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _double(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    odd = (b"\x00", b"\xff\xfe", b"<", b'"', b"\\", b"]]>", b"\r", b"\xc2\xa0", b"{" * 300)
    return content[:at] + chance.choice(odd) + content[at:]


def _move_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _drop_tag(content: bytes, chance: random.Random) -> bytes:
    at = content.find(b"<", chance.randrange(len(content) + 1))
    end = content.find(b">", at)
    return content if at < 0 or end < 0 else content[:at] + content[end + 1 :]


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 10, 200, 5_000)))


_DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _cut, _truncate, _double, _insert, _move_line, _drop_tag),
)
