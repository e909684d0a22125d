"""Compose one paper's texts (title, abstract, one-line summary, keywords) from the stock.

The same seed gives the same text. Abstracts run to 600-1500 characters; about three titles in
four have the form "Name: Subtitle" (the share counted in real issues). The stock's slots are
explained in `tests.sample.phrases`.
"""

import re
from dataclasses import dataclass
from random import Random

from tests.sample import phrases
from tests.sample.phrases import Metric, Topic

SHORTEST, LONGEST = 600, 1500
NAMED_TITLE_SHARE = 0.75
SMALL_WORDS = re.compile("a|an|and|as|at|by|for|from|in|of|on|or|the|to|with")

Slots = dict[str, str]


@dataclass(frozen=True)
class Text:
    """What a paper says about itself. `repository` is the link its abstract gives, if any."""

    slug: str
    title: str
    abstract: str
    one_line: str
    keywords: tuple[str, ...]
    repository: str | None


def compose(rng: Random, topic: Topic, taken: set[str]) -> Text:
    """One paper on `topic` whose title is not in `taken`; the title is added to `taken`."""
    named_title = rng.random() < NAMED_TITLE_SHARE
    has_name = named_title or rng.random() < 0.4
    slots = phrase_slots(rng, topic)
    slots["name"] = system_name(rng, topic) if has_name else "our approach"
    title = named(rng, slots) if named_title else bare(rng, slots)
    if title in taken:
        return compose(rng, topic, taken)
    taken.add(title)
    slots["slug"] = slug(slots["name"] if has_name else title)
    link, repository = link_sentence(rng, slots, has_name=has_name)
    return Text(
        slug=slots["slug"],
        title=title,
        abstract=abstract(rng, topic, slots, link, has_name=has_name),
        one_line=fill(rng.choice(phrases.AI_SUMMARIES), slots),
        keywords=keywords(rng, topic, slots),
        repository=repository,
    )


def phrase_slots(rng: Random, topic: Topic) -> Slots:
    """The phrases one paper keeps using: its task, parts, data, troubles and benchmarks."""
    part, part2 = rng.sample(topic.parts, 2)
    task, task2 = rng.sample(topic.tasks, 2)
    signal, signal2 = rng.sample(topic.signals, 2)
    trouble, trouble2 = rng.sample(topic.troubles, 2)
    bench, bench2 = rng.sample(topic.benches, 2)
    long = part.split(" ", 1)[1]
    return {
        "field": topic.field,
        "task": task,
        "task2": task2,
        "things": rng.choice(topic.things),
        "goal": rng.choice(topic.goals),
        "part": part,
        "part2": part2,
        "head": part.rsplit(" ", 1)[1],
        "head2": part2.rsplit(" ", 1)[1],
        "long": long,
        "acronym": "".join(word[0] for word in re.split(r"[ -]", long)).upper(),
        "signal": signal,
        "signal2": signal2,
        "trouble": trouble,
        "trouble2": trouble2,
        "bench": bench,
        "bench2": bench2,
        "m": str(rng.randint(3, 9)),
        "k": f"{rng.randint(12, 480) * 10:,}",
    }


def claim_slots(rng: Random, metric: Metric) -> Slots:
    """The numbers of one sentence; every sentence draws its own."""
    step = (metric.high - metric.low) / 4
    worse = rng.uniform(metric.low, metric.high - step)
    better = worse + rng.uniform(step / 4, step)
    if metric.lower_is_better:
        worse, better = better, worse
    digits = 0 if metric.high > 100 else 2 if metric.high < 1 else 1
    verbs = ("lowers", "cuts", "reduces") if metric.lower_is_better else ("raises", "lifts")
    return {
        "metric": metric.name,
        "moves": rng.choice(verbs),
        "goes": "falls" if metric.lower_is_better else "rises",
        "a": f"{worse:.{digits}f}{metric.unit}",
        "b": f"{better:.{digits}f}{metric.unit}",
        "by": f"{abs(better - worse):.{digits}f}{' points' if metric.unit == '%' else metric.unit}",
        "x": f"{rng.uniform(1.2, 9.5):.1f}",
        "n": str(rng.randint(7, 64)),
        "baseline": rng.choice(phrases.BASELINES),
    }


def abstract(rng: Random, topic: Topic, slots: Slots, link: str, *, has_name: bool) -> str:
    """Opening, gap, proposal, mechanisms, results and what follows, within the length limits."""
    metrics = rng.sample(topic.metrics, 2)
    own = rng.sample(topic.mechanisms, 2)
    general = rng.sample(phrases.MECHANISMS, 2)
    proposals = phrases.PROPOSALS if has_name else phrases.UNNAMED_PROPOSALS
    first_result, second_result = rng.sample(phrases.RESULTS, 2)
    findings = rng.sample(phrases.FINDINGS, 2)
    plan = [
        (1.0, rng.choice(topic.openings)),
        (0.85, rng.choice(phrases.GAPS)),
        (1.0, rng.choice(proposals)),
        (1.0, own[0]),
        (0.8, general[0]),
        (0.5, own[1]),
        (0.4, general[1]),
        (1.0, first_result),
        (0.65, second_result),
        (0.55, findings[0]),
        (0.3, findings[1]),
        (0.4, rng.choice(phrases.CLOSINGS)),
    ]
    chosen = [template for share, template in plan if rng.random() < share]
    sentences = [
        fill(template, slots | claim_slots(rng, metrics[template == second_result]))
        for template in chosen
    ]
    text = " ".join([*sentences, link]).strip()
    if SHORTEST <= len(text) <= LONGEST:
        return text
    return abstract(rng, topic, slots, link, has_name=has_name)


def link_sentence(rng: Random, slots: Slots, *, has_name: bool) -> tuple[str, str | None]:
    """A code link, a promise of code, or nothing: the three states a reader must tell apart."""
    draw = rng.random()
    if has_name and draw < 0.35:
        repository = f"https://github.com/example-lab/{slots['slug']}"
        return fill(rng.choice(phrases.LINKS), slots), repository
    if draw < 0.5:
        return fill(rng.choice(phrases.PROMISES), slots), None
    return "", None


def named(rng: Random, slots: Slots) -> str:
    """A "Name: Subtitle" title, sometimes with LaTeX or non-ASCII letters in the name."""
    name = slots["name"]
    if rng.random() < 0.1:
        name = rng.choice(phrases.ODD_NAMES).format(name=name)
    return f"{name}: {headline(fill(rng.choice(phrases.SUBTITLES), slots))}"


def bare(rng: Random, slots: Slots) -> str:
    """A title without a colon, sometimes with a flourish of LaTeX or non-ASCII letters."""
    title = headline(fill(rng.choice(phrases.BARE_TITLES), slots))
    if title.endswith("?") or rng.random() > 0.3:
        return title
    return rng.choice(phrases.FLOURISHES).format(title=title)


def system_name(rng: Random, topic: Topic) -> str:
    """A made-up system name, one in seven in capitals as acronyms are."""
    name = rng.choice(topic.stems) + rng.choice(phrases.SUFFIXES)
    return name.upper() if rng.random() < 0.15 else name


def keywords(rng: Random, topic: Topic, slots: Slots) -> tuple[str, ...]:
    """Three to six terms, as the site's own list of keywords has them."""
    terms = [slots["task"], slots["long"], slots["signal"], slots["head2"], slots["task2"]]
    return (topic.field, *terms[: rng.randint(2, 5)])


def slug(text: str) -> str:
    """The text as the last part of an address, three words at most."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:3])


def fill(template: str, slots: Slots) -> str:
    """The template with its slots filled, starting with a capital."""
    return capital(template.format_map(slots))


def headline(text: str) -> str:
    """Title case that leaves short words and words with capitals of their own alone."""
    first, *rest = re.split(r"([ -])", text)
    return capital(first) + "".join(
        word if SMALL_WORDS.fullmatch(word) else capital(word) for word in rest
    )


def capital(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]
