"""Letters without a warehouse, mails of them, and published files of days in any state."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flows.digest.choose import Chosen, ChosenPaper, Note, ShownPaper
from flows.digest.issues import Issue
from flows.digest.letter import Letter, LetterLinks, letter_of
from flows.settings import Settings
from flows.settings.sections import DigestSettings
from schemas.ops import COVERAGE
from tests.support.facts import Facts
from tests.support.warehouse import Warehouse
from warehouse.subscriber import Wishes

DAY = Issue("daily", "2026-11-20", date(2026, 11, 20), "Friday, 20 November 2026", True, 9)
WEEK = Issue("weekly", "2026-W47", date(2026, 11, 22), "Week of 16 to 22 November 2026", True, 99)
LINKS = LetterLinks(
    "https://papers.example.org/change?token=a&b=1",
    "https://papers.example.org/stop?token=a",
    "https://papers.example.org/",
)
SETTINGS = Settings(
    digest=DigestSettings(
        sender="Daily papers <digest@example.org>", postal_address="Some Street 1\n12345 Town"
    )
)
SEEN_AT = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)


def published(home: Path, states: dict[str, str], n_papers: int = 2) -> Path:
    """A published file of days of the daily list in these states; each day that is there has so
    many papers, an empty one none."""
    facts = Facts()
    for day, state in states.items():
        issue = f"huggingface:daily:{day}"
        facts.add(
            COVERAGE,
            source="huggingface",
            edition="daily",
            issued_on=date.fromisoformat(day),
            state=state,
            issue_id=issue,
        )
        if state in ("loaded", "open", "unconfirmed"):
            facts.issue(issue, f"{day} 06:00")
            for n in range(n_papers):
                facts.paper(f"{day}/{n}", title=f"Paper {n} of {day}")
                facts.listing(issue, f"{day}/{n}", f"{day} 06:00", f"{day} 06:00")
                facts.seen(f"{day}/{n}", f"{day} 06:00", upvotes=n)
    warehouse = Warehouse(home)
    warehouse.fill(facts.tables())
    return warehouse.file


def shown(number: int = 1, **told: Any) -> ShownPaper:
    """A paper as a mail shows it."""
    usual: dict[str, Any] = {
        "paper_id": f"2611.{number:05}",
        "title": f"Kettle-{number}: Boiling Water with Diffusion Models",
        "names": ("Ann Author", "Bo Writer"),
        "votes": 10 * number,
        "code_url": None,
        "pdf_url": f"https://arxiv.org/pdf/2611.{number:05}",
        "hf_url": f"https://huggingface.co/papers/2611.{number:05}",
        "topics": ("diffusion models",),
        "sentence": "We boil water.",
        "listed_on": date(2026, 11, 20),
    }
    return ShownPaper(**usual | told)


def one(paper: ShownPaper, **why: Any) -> ChosenPaper:
    """A paper in a mail; at the top of the list unless something is matched."""
    place = "pinned" if why.get("authors") else "match" if why else "top"
    usual: dict[str, Any] = {"place": place, "topics": (), "words": (), "authors": ()}
    return ChosenPaper(paper, **usual | why)


def chosen(
    *papers: ChosenPaper,
    issue: Issue = DAY,
    wishes: Wishes | None = None,
    notes: tuple[Note, ...] = (),
) -> Chosen:
    """What somebody is sent."""
    return Chosen(issue, wishes or Wishes(), papers, notes, SEEN_AT)


def written(what: Chosen, links: LetterLinks = LINKS) -> Letter:
    """The letter with what was chosen."""
    return letter_of(what, links=links, settings=SETTINGS)


def mail_of(letter: Letter, *, text: bool = True, html: bool = True) -> bytes:
    """A mail with the parts of a letter, as the standard library writes it."""
    message = EmailMessage(policy.SMTP.clone(cte_type="7bit"))
    message["From"] = "Daily papers <digest@example.org>"
    message["To"] = "reader@home.example"
    message["Subject"] = letter.subject
    message["Date"] = SEEN_AT
    message["Message-ID"] = "<one@example.org>"
    message["List-Id"] = "Daily papers <digest.example.org>"
    if text:
        message.set_content(letter.text)
    if html and text:
        message.add_alternative(letter.html, subtype="html")
    elif html:
        message.set_content(letter.html, subtype="html")
    return message.as_bytes()


def parts_of(content: bytes) -> tuple[EmailMessage, str, str]:
    """A mail as the standard library reads it: headers, text and HTML."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    plain, rich = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    return message, plain.get_content(), rich.get_content()
