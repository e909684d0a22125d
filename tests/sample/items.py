"""Turn composed texts into rows of the daily papers API, with the keys of the day they appear.

The site's row gains keys as months go by (the drift table in the digest notes). The sample plays
the same drift in three weeks, so `CARRIED` says from which day to which a key is present. Absent
keys are missing, never null. Every person is a role ("Author 12", "reader-7").
"""

import textwrap
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.sample.compose import Text

Row = dict[str, Any]

FIRST, LAST = date(2026, 10, 26), date(2026, 11, 13)
SUMMER_TIME_ENDS = date(2026, 11, 1)
CARRIED = {
    "mediaUrl": (FIRST, FIRST),
    "listing time as publishedAt": (FIRST, FIRST),
    "hard wraps": (FIRST, date(2026, 11, 4)),
    "mediaUrls": (date(2026, 10, 27), LAST),
    "item summary": (date(2026, 10, 27), LAST),
    "submittedOnDaily": (date(2026, 10, 27), LAST),
    "isAuthorParticipating": (date(2026, 10, 28), LAST),
    "ai_summary": (date(2026, 10, 28), LAST),
    "githubStars": (date(2026, 10, 28), LAST),
    "organization": (date(2026, 10, 29), LAST),
    "submitterOrganization": (date(2026, 11, 3), date(2026, 11, 4)),
    "githubRepoAddedBy": (date(2026, 11, 5), LAST),
    "ai_summary_model": (date(2026, 11, 9), LAST),
    "midnight submission": (date(2026, 11, 10), LAST),
    "readingMinutes": (date(2026, 11, 11), date(2026, 11, 11)),
}
CLAIM_STATES = ("claimed_verified", "claimed", "admin_assigned", "extracted_confirmed")


@dataclass(frozen=True)
class Listing:
    """One paper on one issue day: its text, its id, and the votes and comments it has so far."""

    text: Text
    paper_id: str
    day: date
    upvotes: int
    comments: int


def carries(feature: str, day: date) -> bool:
    """Whether rows of that issue day have the feature."""
    first, last = CARRIED[feature]
    return first <= day <= last


def row(rng: Random, listing: Listing) -> Row:
    """The API's row: a `paper` and the keys around it, in the order the site sends them."""
    day = listing.day
    paper = paper_of(rng, listing)
    submitter = reader(rng)
    posted = moment(rng, day)
    if carries("submittedOnDaily", day):
        at_midnight = carries("midnight submission", day)
        paper["submittedOnDailyAt"] = stamp(midnight(day) if at_midnight else posted)
        paper["submittedOnDailyBy"] = submitter
    published = datetime.fromisoformat(paper["publishedAt"])
    listed_as = carries("listing time as publishedAt", day)
    item: Row = {
        "paper": paper,
        "publishedAt": stamp(posted if listed_as else eastern(published)),
        "title": listing.text.title,
    }
    if carries("item summary", day):
        item["summary"] = paper["summary"]
    add_media(rng, item, paper, day)
    item["thumbnail"] = f"https://thumbnails.example.org/papers/{listing.paper_id}.png"
    item["numComments"] = listing.comments
    item["submittedBy"] = {**submitter, "isHf": False, "isMod": False}
    if carries("submitterOrganization", day) and rng.random() < 0.5:
        item["submitterOrganization"] = organization(rng)
    if "organization" in paper:
        item["organization"] = paper["organization"]
    if carries("isAuthorParticipating", day):
        item["isAuthorParticipating"] = rng.random() < 0.25
    return item


def paper_of(rng: Random, listing: Listing) -> Row:
    """The inner `paper`, with the optional keys its day carries."""
    text, day = listing.text, listing.day
    wrapped = carries("hard wraps", day)
    appeared = moment(rng, day) - timedelta(days=rng.randint(1, 4))
    if carries("midnight submission", day):
        appeared = midnight(appeared.date())
    paper: Row = {
        "id": listing.paper_id,
        "authors": authors(rng, rng.choice((1, 2, 3, 3, 4, 4, 5, 5, 6, 7, 9, 12))),
        "publishedAt": stamp(appeared),
        "title": wrap_title(text.title) if wrapped else text.title,
        "summary": "\n".join(textwrap.wrap(text.abstract, 80)) if wrapped else text.abstract,
        "upvotes": listing.upvotes,
        "discussionId": object_id(rng),
    }
    add_code(rng, paper, text, day)
    if rng.random() < 0.3:
        paper["projectPage"] = f"https://{text.slug}.example.org/"
    if carries("ai_summary", day):
        paper["ai_summary"] = text.one_line
        paper["ai_keywords"] = list(text.keywords)
    if carries("ai_summary_model", day):
        paper["ai_summary_model"] = "example-lab/summarizer-small"
    if carries("readingMinutes", day):
        paper["readingMinutes"] = rng.randint(9, 41)
    if carries("organization", day) and rng.random() < 0.6:
        paper["organization"] = organization(rng)
    return paper


def add_code(rng: Random, paper: Row, text: Text, day: date) -> None:
    """`githubRepo` for four in five papers that link to code, with stars where the day has them."""
    if text.repository is None or rng.random() > 0.8:
        return
    paper["githubRepo"] = text.repository
    if carries("githubRepoAddedBy", day):
        paper["githubRepoAddedBy"] = rng.choice(("user", "auto"))
    if carries("githubStars", day):
        paper["githubStars"] = rng.randint(0, 240)


def add_media(rng: Random, item: Row, paper: Row, day: date) -> None:
    """One string under `mediaUrl` on the first day, lists under `mediaUrls` afterwards."""
    if rng.random() > 0.3:
        return
    url = f"https://uploads.example.org/{object_id(rng)}.mp4"
    if carries("mediaUrl", day):
        item["mediaUrl"] = url
    else:
        item["mediaUrls"] = paper["mediaUrls"] = [url]


def authors(rng: Random, count: int) -> list[Row]:
    """Authors drawn from a pool of 600 roles without repetition; one in forty is hidden."""
    return [author(rng, number) for number in rng.sample(range(1, 601), count)]


def author(rng: Random, number: int) -> Row:
    """One author; one in ten has claimed the paper with an account of the site."""
    entry: Row = {"_id": object_id(rng), "name": f"Author {number}"}
    if rng.random() < 0.1:
        entry["user"] = account(rng, f"author-{number}", f"Author {number}")
        entry["status"] = rng.choice(CLAIM_STATES)
        entry["statusLastChangedAt"] = stamp(moment(rng, FIRST))
    entry["hidden"] = rng.random() < 0.025
    return entry


def reader(rng: Random) -> Row:
    """The account that submitted a paper; a few submit often."""
    number = rng.choice((1, 2, 3, *range(1, 90)))
    return account(rng, f"reader-{number}", f"Reader {number}")


def account(rng: Random, name: str, fullname: str) -> Row:
    """A user as the site shows one; its `_id` depends on the name alone."""
    return {
        "_id": object_id(Random(f"account {name}")),  # noqa: S311  a seed, not a secret
        "avatarUrl": f"/avatars/{name}.svg",
        "isPro": rng.random() < 0.2,
        "fullname": fullname,
        "name": name,
        "type": "user",
    }


def organization(rng: Random) -> Row:
    """One of twenty institutes; its `_id` depends on its number alone."""
    number = rng.randint(1, 20)
    return {
        "_id": object_id(Random(f"institute {number}")),  # noqa: S311  a seed, not a secret
        "name": f"institute-{number}",
        "fullname": f"Institute {number}",
        "avatar": f"https://avatars.example.org/institute-{number}.png",
    }


def wrap_title(title: str) -> str:
    """A title of more than 72 characters broken as arXiv breaks it: newline and two spaces."""
    return "\n  ".join(textwrap.wrap(title, 72, break_long_words=False, break_on_hyphens=False))


def object_id(rng: Random) -> str:
    """Twenty-four hexadecimal digits."""
    return f"{rng.getrandbits(96):024x}"


def midnight(day: date) -> datetime:
    """The first moment of an issue day, UTC."""
    return datetime.combine(day, time(), UTC)


def moment(rng: Random, day: date) -> datetime:
    """Some time of the issue day before six in the evening, UTC, to the millisecond."""
    return midnight(day) + timedelta(milliseconds=rng.randrange(18 * 3_600_000))


def eastern(when: datetime) -> datetime:
    """The time the site shows around a paper: arXiv's, shifted as far as US Eastern time lags."""
    return when - timedelta(hours=4 if when.date() < SUMMER_TIME_ENDS else 5)


def stamp(when: datetime) -> str:
    """A time the way the API writes it: milliseconds and a Z."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
