"""Takes one line after the other out of a body: no other record may get another value."""

from collections.abc import Iterator

from tasks.parse.model import Record
from tests.layouts.dress import Dress
from tests.layouts.measure import read, told


def damaged(dress: Dress) -> list[str]:
    """What was read wrongly without some line: another paper's title, or other values of more than
    one record. What is not known any more is NULL, as the votes of a table that lost its heads; a
    title that lost its own second line cannot be told from others."""
    whole = {_key(record): record for record in read(dress.body)}
    wrong = []
    for line, body in _without_lines(dress):
        changed = 0
        for record in read(body):
            before = whole.get(_key(record))
            titles = [other.title for other in whole.values() if other is not before]
            if any(title == record.title for title in titles) and before is not None:
                wrong.append(f"without {line!r}: {record.arxiv_id} is {record.title!r}")
            changed += before is not None and _differ(before, record)
        if changed > 1:
            wrong.append(f"without {line!r}: {changed} records differ")
    return wrong


def _without_lines(dress: Dress) -> Iterator[tuple[str, bytes]]:
    is_html = dress.kind == "mail html"
    end = b"<" if is_html else b"\n"
    parts = dress.body.split(end)
    first = 1
    if dress.kind.startswith("mail"):
        head = dress.body.partition(b"\n\n")[0]
        first = head.count(end) + (2 if not is_html else 1)
    for number in range(first, len(parts)):
        body = end.join(parts[:number] + parts[number + 1 :])
        yield parts[number].decode(errors="replace"), body


def _differ(before: Record, after: Record) -> bool:
    pairs = zip(told(before), told(after), strict=True)
    return any(value not in (None, known) for known, value in pairs)


def _key(record: Record) -> str:
    return record.arxiv_id or record.title
