"""Mutations of a paper's texts: what extractors meet in odd abstracts, and what nobody writes."""

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from importlib import resources

from tasks.derive.paper import Paper

Change = Callable[[str, random.Random], str]

LETTERS = "𝐀𝐛ǅᾈİıſKßẞﬁﬀΣςσŉǅéÅµΩ\u0345\u0307"
"""Letters whose lower case is longer, is another letter, or is a letter of ASCII."""
MARKS = (*".,;:!?()[]{}'’\"“”-–—/_\\$&~*+^<>|%×≈↑", "--", ". ", " (", ") ", "\\%", "e.g.", "et al.")
BLANKS = ("  ", "\n", "\t", " \n ", "\u00a0", "\u2003", "\u200b", "\r\n", "\x1c", "\x85", "")
WRAPPERS = (
    "\\textbf{%s}",
    "\\emph{%s",
    "$%s$",
    "{\\sc %s}",
    "$\\mathcal{%s}$",
    "“%s”",
    "(%s)",
    "``%s''",
)
NUMBERS = (
    *("3x", "4.5%", "2.1 \\times", "1,000.5 points", "5-7%", "10 percent", "0.5 pp", "2 dB"),
    *(
        "from 40.1 to 52.3",
        "3-fold",
        "$2.5\\times$",
        "1.5 to 2 times",
        "1999",
        "7B",
        "from 1B to 7B",
    ),
)
WORDS = (
    *("we propose", "We introduce", "is proposed", "called", "denoted as", "our", "resulting in"),
    *("open-sourced", "we call", "known as as", "previous work presents", "dubbed FernNet (FN)"),
    *(
        "improves by",
        "faster",
        "outperforms GPT-4 by",
        "latency",
        "than the baseline",
        "compared to",
    ),
    *("a reduction of up to", "accuracy", "at least", "on average", "F1 score", "KV-cache"),
    *("Code is available", "will be released at", "release our code", "not", "upon acceptance"),
    *(
        "https://github.com/lab/fern",
        "www.fern.io",
        "https://hf.co/ lab",
        "project page",
        "http://",
    ),
)
REPEATED = (
    "(",
    "\\textbf{",
    "we propose A ",
    "from 1 to ",
    "by 1 ",
    "1% and ",
    "code-",
    "a.",
    "((A) ",
)


def mutated(papers: Sequence[Paper], dice: random.Random) -> Paper:
    """One of some papers, with one to six changes in its title, abstract and keywords."""
    paper, other = dice.choice(papers), dice.choice(papers)
    title, abstract = paper.title, paper.abstract or other.abstract or other.title
    keywords = paper.ai_keywords or other.ai_keywords
    for _ in range(dice.randint(1, 6)):
        change = dice.choice(CHANGES)
        where = dice.random()
        if where < 0.2:
            title = change(title, dice)
        elif where < 0.3 and keywords:
            keywords = tuple(change(keyword, dice) for keyword in keywords)
        else:
            abstract = change(abstract, dice)
    if dice.random() < 0.1:
        cut = dice.randrange(len(abstract) + 1)
        abstract = f"{abstract[:cut]}{(other.abstract or '')[cut:]}"
    return paper._replace(title=title, abstract=abstract, ai_keywords=keywords)


def _cased(text: str, dice: random.Random) -> str:
    """The text, or one of its words, in another case."""
    change = dice.choice((str.lower, str.upper, str.title, str.swapcase, str.capitalize))
    if dice.random() < 0.3:
        return change(text)
    return _each(text, dice, change)


def _lettered(text: str, dice: random.Random) -> str:
    """Some letters replaced by those of `LETTERS`, alike ones first."""
    alike = {"i": "İı", "s": "ſß", "k": "K", "f": "ﬁﬀ"}
    share = dice.choice((0.01, 0.1, 1))
    return "".join(
        dice.choice(alike.get(letter.lower(), LETTERS if dice.random() < 0.01 else letter))
        if dice.random() < share
        else letter
        for letter in text
    )


def _each(text: str, dice: random.Random, change: Callable[[str], str]) -> str:
    share = dice.choice((0.02, 0.2))
    words = re.split(r"( )", text)
    return "".join(change(word) if dice.random() < share else word for word in words)


def _put(pieces: Sequence[str]) -> Change:
    """A change that puts some pieces between words, or in the middle of one."""

    def change(text: str, dice: random.Random) -> str:
        for _ in range(dice.randint(1, 8)):
            place = dice.randrange(len(text) + 1)
            if dice.random() < 0.7:
                place = max(0, text.rfind(" ", 0, place))
            blanks = dice.choice(("", " ")), dice.choice(("", " "))
            text = f"{text[:place]}{blanks[0]}{dice.choice(pieces)}{blanks[1]}{text[place:]}"
        return text

    return change


def _spaced(text: str, dice: random.Random) -> str:
    return "".join(
        dice.choice(BLANKS) if piece == " " and dice.random() < 0.1 else piece
        for piece in re.split(r"( )", text)
    )


def _wrapped(text: str, dice: random.Random) -> str:
    return _each(text, dice, lambda word: dice.choice(WRAPPERS) % word)


def _long(text: str, dice: random.Random) -> str:
    """A token as long as some hundred characters, of one letter, mark or word."""
    of = dice.choice(("A", "a", "1", "-", "Ab-", "x1", ".", *text.split()[:5]))
    return _put((of * dice.randint(20, 400),))(text, dice)


def _repeated(text: str, dice: random.Random) -> str:
    """Something said again and again: a fragment of the text, or what is costly to read."""
    start = dice.randrange(len(text) + 1)
    piece = dice.choice((*REPEATED, text[start : start + dice.randint(1, 40)]))
    return f"{text[:start]}{piece * dice.randint(2, 60)}{text[start:]}"


def _dropped(text: str, dice: random.Random) -> str:
    return _each(text, dice, lambda word: word[: dice.randrange(len(word) + 1)])


def _phrases() -> tuple[str, ...]:
    """The phrases of topics as they may be printed."""
    text = (resources.files("tasks.derive") / "topics.toml").read_text(encoding="utf-8")
    areas = [area for area in tomllib.loads(text).values() if isinstance(area, dict)]
    entries = [entry for area in areas for entry in area.values()]
    listed = [p for entry in entries for p in (*entry["phrases"], *entry.get("not", ()))]
    return tuple(
        form
        for phrase in listed
        for form in (phrase, f"{phrase}s", phrase.replace(" ", "-"), phrase.upper() + ".")
    )


CHANGES: tuple[Change, ...] = (
    *(_cased, _lettered, _spaced, _wrapped, _long, _repeated, _dropped),
    *map(_put, (MARKS, tuple(LETTERS), NUMBERS, WORDS, _phrases())),
    *map(_put, ((*NUMBERS, *WORDS), (*NUMBERS, *WORDS, *MARKS))),
)
