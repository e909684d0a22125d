"""What a chat's export prints before each message is no part of a title."""

import pytest

from tasks.sources.pagedump.parse_links import LINKS
from tests.layouts.dress import HF
from tests.layouts.measure import read
from tests.layouts.papers import PAPERS

FEW = PAPERS[:5]
STAMPS = (
    "[05.08.26, 09:0{n}:12] Bot: ",
    "05/08/2026, 09:0{n} - Paper Bot: ",
    "\u200e[8/5/26, 9:0{n}:12\u202fAM] B\u00f6t: ",
    "[2026-08-05 09:0{n}] bot: ",
    "[09:0{n}] <bot> ",
)


@pytest.mark.parametrize("between", ["\n", " "])
@pytest.mark.parametrize("stamp", STAMPS)
def test_a_message_is_read_without_its_time_and_its_sender(stamp: str, between: str) -> None:
    body = "".join(
        f"{stamp.format(n=n)}{p.title}{between}{HF}{p.id}\n" for n, p in enumerate(FEW)
    ).encode()
    assert [(r.arxiv_id, r.title) for r in read(body)] == [(p.id, p.title) for p in FEW]
    raw = LINKS.locate(body, 2)
    assert raw.text.startswith(FEW[2].title)
    assert body[raw.span.start : raw.span.end].decode() == raw.text


def test_what_stands_before_a_colon_once_is_no_sender() -> None:
    titles = [f"Kettle{n}: A Study of Part {n}" for n in range(5)]
    body = "".join(
        f"[2026-08-05 09:0{n}] {title} {HF}2608.1000{n}\n" for n, title in enumerate(titles)
    )
    assert [r.title for r in read(body.encode())] in ([], titles)
