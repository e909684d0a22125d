"""A dump of fields with three records, as saved from a terminal."""

from tests.support.bodies import ABSTRACT

FIRST, SECOND, THIRD = (
    f"Title: {title}\nPDF: https://arxiv.org/pdf/{link}\nSummary: {ABSTRACT} {title[:3]}.\n---\n"
    for title, link in [
        ("One Fine Title", "2401.00001v2"),
        ("A Title That Goes\n  On Below", "hep-th/9901001"),
        ("The Last Fine Title", "2401.00003.pdf"),
    ]
)
WHOLE = FIRST + SECOND + THIRD
IDS = ["2401.00001", "hep-th/9901001", "2401.00003"]
