"""Words of change, and which way each points: up, down, or faster.

`VERBS` and `NOUNS` lead to a number ("improves X by 4%", "a gain of 4%"), `BEHIND` follows one
("4% lower", "4% average gain"). Words are whole and in lower case: "drop" is one, "dropout" not.
"""

from tasks.derive.words import one_of

UP, DOWN, FASTER = "up", "down", "faster"

_VERBS = {
    UP: "improve increase boost gain outperform surpass exceed raise enhance lift grow advance "
    "elevate "
    "beat rise jump climb recover strengthen amplify double triple expand",
    DOWN: "reduce decrease drop lower cut decline shrink fall degrade save shorten lose diminish "
    "slash "
    "minimize compress deteriorate eliminate remove trim halve underperform suppress mitigate drop "
    "curtail lessen trail narrow",
    FASTER: "accelerate speed outpace",
}
_IRREGULAR = {
    UP: "doubled tripled doubling tripling grew rose risen beats beaten beating improvement",
    DOWN: "cut cuts cutting fell fallen lost dropped dropping drops trimming trimmed minimise "
    "minimising lag lags lagging lagged",
    FASTER: "speeds speeding sped",
}
_NOUNS = {
    UP: "improvement increase gain boost uplift advantage enhancement margin lift jump rise growth "
    "outperformance",
    DOWN: "reduction decrease drop decline saving degradation loss compression drop-off dropoff "
    "cut "
    "deterioration shrinkage",
    FASTER: "speedup speed-up acceleration",
}
_COMPARED = {
    UP: "higher more better greater larger superior increased improved enhanced bigger longer "
    "stronger "
    "deeper richer",
    DOWN: "lower less fewer smaller cheaper worse lighter shorter reduced decreased slower weaker",
    FASTER: "faster quicker fast accelerated",
}


def _forms(verb: str) -> set[str]:
    stem = verb.removesuffix("e")
    return {
        verb,
        f"{verb}s",
        f"{stem}ed",
        f"{stem}ing",
        *([f"{verb}es"] if verb.endswith("ss") else ()),
    }


def _ways(listed: dict[str, str], plural: str = "") -> dict[str, str]:
    return {
        form: way
        for way, words in listed.items()
        for word in words.split()
        for form in {word, word + plural}
    }


VERBS = {
    form: way for way, verbs in _VERBS.items() for verb in verbs.split() for form in _forms(verb)
}
VERBS |= _ways(_IRREGULAR)
NOUNS = _ways(_NOUNS, "s")
COMPARED = _ways(_COMPARED)
LEADING = {**VERBS, **NOUNS}
"""Words that lead to a number; which way each points."""
BEHIND = {**NOUNS, **COMPARED}
"""Words of change that stand behind a number; which way each points."""
IS_ADJECTIVE_AFTER = one_of(
    "the a an our its their with of and or for to at this these than both by"
)
"""After these words, "reduced" and its like belong to a noun and lead to no number."""
BREAKS = one_of("while whereas but though although yet whilst despite whose")
"""Words between clauses: a verb before one says nothing of a number behind it."""
FILL = one_of(
    "a an the as up to at most least over more than about around nearly almost roughly "
    "approximately approx. "
    "average mean additional further of only large significant substantial impressive remarkable "
    "considerable notable factor absolute relative on just mere total maximum striking overall "
    "even another sim ~ no less much well above exceeding close respectively staggering whopping "
    "margin margins an-average upto median peak additional, between approx. ≈ \\sim $\\sim$ clear"
)
"""Words between "by" or "of" and its number."""
BETWEEN_NOUNS = one_of(
    "absolute relative average mean overall net total additional significant substantial further"
)
"""Words between a number and a comparative behind it: "4% relative lower"."""
RATIOS = one_of("ratio ratios rate rates factor factors")
"""Nouns behind a noun of change that change nothing: "with a compression ratio of 4x"."""
ACHIEVES = one_of(
    "achieve achieves achieved achieving reach reaches reaching attain attains attaining deliver "
    "delivers delivering yield yields yielding provide provides offer offers has have with"
)
"""Words before such a noun where it is a result and no setting."""
WENT = {"up": UP, "down": DOWN}
"""Which way a value went of which no more is said: "latency is down by 40%"."""
GOES = one_of("is are was were be been go goes went going gone comes came come")
"""Verbs before these."""
IS = one_of("be is are was were")
"""Verbs between a noun of change and its number: "the gain can be as large as 4 points"."""
ENDS_A_NOUN = one_of(
    "of on for with from at to in while when than over across against using via by and or is are "
    "was "
    "were has have that which as per relative compared versus vs. under without shows show "
    "demonstrates demonstrate exhibits achieves achieve delivers deliver yields yield brings bring "
    "provides provide offers offer"
)
"""Words that no noun phrase behind a number has in it."""
