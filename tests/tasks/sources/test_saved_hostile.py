"""Saved texts and mails damaged at random: read or refused, and every record found again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.sources import Format, sources
from tests.support.bodies import ABSTRACT
from tests.support.mails import mail, plain_mail
from tests.support.saved import SHAPES
from tests.support.textdumps import WHOLE

BARE = f"Daily Papers\n\nA Fine Title\n\n{ABSTRACT}\n\n12\n\nMay 3\n\nAnother\n\n{ABSTRACT}\n"
BODIES = [
    *(text.encode() for text in SHAPES.values()),
    *(BARE.encode(), WHOLE.encode(), mail(), plain_mail(WHOLE)),
]
FORMS = [
    body_format
    for name in ("mailbox", "pagedump", "textdump")
    for body_format in sources()[name].formats
]
SCRAPS = [b"[", b"](", b"\n", b"\r\n", b"\n\n", b"--", b"\xc2\xa0", b"\xff", b"\x00", b"[9]", b"#"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A body with pieces cut out, doubled, or put in."""
    content = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 300)))
        put = draw(st.sampled_from([*SCRAPS, content[start:end] * 2]))
        content = content[:start] + put + content[end:]
    return content


@settings(max_examples=50, deadline=None)
@given(damaged())
def test_whatever_is_damaged_every_record_and_reject_is_found_again(content: bytes) -> None:
    for body_format in FORMS:
        check(body_format, content)


def check(body_format: Format, content: bytes) -> None:
    try:
        parsed = body_format.parse(content)
    except BadBody:
        return
    assert parsed.n_papers
    places = sorted([r.place for r in parsed.records] + [r.place for r in parsed.rejects])
    assert places == list(range(parsed.n_parsed))
    for record in parsed.records[-2:]:
        assert record.title.strip()
        assert body_format.locate(content, record.place).text
    for reject in parsed.rejects:
        assert reject.reason
        cut = content[reject.span.start : reject.span.end].decode(errors="replace")
        assert cut == (
            reject.raw if body_format.name != "message" else content.decode(errors="replace")
        )


@settings(max_examples=30, deadline=None)
@given(damaged(), st.binary(max_size=200))
def test_whatever_the_bytes_they_are_told_or_refused(content: bytes, start: bytes) -> None:
    for body in (start, start + content):
        try:
            found = detect_format(body, "x_2026-05-05.txt")
        except BadBody:
            continue
        assert found.source.is_valid_key(found.issue.edition, found.issue.key)
