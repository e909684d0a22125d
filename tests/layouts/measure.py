"""Reads every dress and compares the records with the papers that it prints."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tasks.detect_format import detect_format
from tasks.errors import BadBody
from tasks.parse.model import Record
from tests.layouts import in_mail, in_markdown, in_text, not_digests
from tests.layouts.dress import DRESSES, Dress
from tests.layouts.papers import Paper

MODULES = (in_markdown, in_text, in_mail, not_digests)
FIELDS = {"title": "title", "abstract": "abstract", "votes": "upvotes", "comments": "comments"}
FIGURES = (
    *("printed", "exact title", "wrong title", "exact abstract", "wrong abstract", "id"),
    *("votes", "comments", "lost", "invented", "shifted"),
)


@dataclass
class Score:
    """What was right and wrong about one dress."""

    kind: str
    name: str
    n: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    shown: frozenset[str] = frozenset()
    errors: list[str] = field(default_factory=list)

    def count(self, figure: str, error: str = "") -> None:
        self.n[figure] += 1
        self.errors += [f"{figure}: {error}"] if error else []


def measure(part: str) -> list[Score]:
    """The scores of a part, `work` or `report`."""
    return [score_of(dress) for dress in DRESSES if dress.part == part]


def score_of(dress: Dress) -> Score:
    """Compare what is read of a dress with what it prints."""
    score = Score(dress.kind, dress.name, shown=dress.shows)
    wanted = dress.papers if "title" in dress.shows else ()
    score.n["printed"] = len(wanted)
    records = read(dress.body)
    left = list(wanted)
    for record in records:
        paper = _paper_of(record, left, dress)
        if paper is None:
            figure = "wrong title" if record.arxiv_id in {p.id for p in left} else "invented"
            score.count(figure, f"{record.arxiv_id} {record.title!r}")
            left = [p for p in left if p.id != record.arxiv_id or figure == "invented"]
            continue
        left.remove(paper)
        _compare(score, dress, paper, record)
    for paper in left:
        score.count("lost", paper.title)
    if wanted:
        _damage(score, dress, records)
    return score


def read(body: bytes) -> list[Record]:
    """The records of a body, each paper once; none if it is refused."""
    try:
        found = detect_format(body, "saved.txt")
        parsed = found.parsed or found.format.parse(body)
    except BadBody:
        return []
    once = {record.arxiv_id or record.title: record for record in reversed(parsed.records)}
    return list(reversed(once.values()))


def _paper_of(record: Record, papers: Iterable[Paper], dress: Dress) -> Paper | None:
    for paper in papers:
        if record.title == paper.title and ("id" not in dress.shows or record.arxiv_id == paper.id):
            return paper
    return None


def _compare(score: Score, dress: Dress, paper: Paper, record: Record) -> None:
    score.count("exact title")
    if "id" in dress.shows:
        score.count("id")
    for shown, read_as in FIELDS.items():
        wanted = getattr(paper, shown) if shown in dress.shows else None
        got = getattr(record, read_as)
        if shown == "title" or (got == wanted and shown not in dress.shows):
            continue
        if got == wanted:
            score.count({"abstract": "exact abstract"}.get(shown, shown))
        else:
            figure = "wrong abstract" if shown == "abstract" and got else ""
            if figure:
                score.count(figure, f"{paper.id} {got!r}")
            else:
                score.errors.append(f"{shown}: {paper.id} {got!r} for {wanted!r}")


def _damage(score: Score, dress: Dress, whole: list[Record]) -> None:
    """Damage the second paper in three ways; no other record may change."""
    hurt = dress.papers[1]
    before = [told(r) for r in whole if not _is(r, hurt)]
    for lost in ("title", "id", "both"):
        body = dress.body_of([_hurt(p, lost) if p is hurt else p for p in dress.papers])
        after = [told(r) for r in read(body) if not _is(r, hurt)]
        for record in after:
            if record not in before:
                score.count("shifted", f"without its {lost}: {(*record[:2], record[3:])}")


def _hurt(paper: Paper, lost: str) -> Paper:
    return paper._replace(
        title="" if lost != "id" else paper.title, id="26" if lost != "title" else paper.id
    )


def _is(record: Record, paper: Paper) -> bool:
    return record.arxiv_id == paper.id or record.title == paper.title


def told(record: Record) -> tuple[object, ...]:
    return (record.arxiv_id, record.title, record.abstract, record.upvotes, record.comments)


def table(scores: list[Score]) -> str:
    """The figures of each kind and of all as a table."""
    kinds = [*dict.fromkeys(score.kind for score in scores), "all"]
    rows = [["", "bodies", *FIGURES]]
    for kind in kinds:
        of_kind = [s for s in scores if kind in (s.kind, "all")]
        row = [kind, str(len(of_kind))]
        for figure in FIGURES:
            n = sum(score.n[figure] for score in of_kind)
            shown = {"exact abstract": "abstract"}.get(figure, figure)
            if shown in ("abstract", "id", "votes", "comments"):
                row.append(f"{n}/{sum(s.n['printed'] for s in of_kind if shown in s.shown)}")
            else:
                row.append(str(n))
        rows.append(row)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            c.rjust(w) if i else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
