"""What a claim measures: names of metrics, and for each whether higher or lower is better."""

import re
from collections.abc import Sequence
from itertools import pairwise

from tasks.derive.changes import FILL, NOUNS
from tasks.derive.clauses import BETWEEN_TWO, Lead, Part
from tasks.derive.words import folded, one_of, printed

Metric = tuple[str | None, str | None]
"""A metric and its better direction."""

_HIGHER = (
    r"accuracy|accuracies|f1(?:[ -]score)?|bleu|rouge(?:-\w)?|meteor|cider|psnr|ssim|"
    r"clip(?:[ -]?score)?|m?ap(?:50)?|m?iou|recall(?:@\d+)?|precision|pass@\d+|pass rate|"
    r"success rates?|win[ -]rates?|solve rate|resolution rate|auc|auroc|ndcg(?:@\d+)?|mrr|"
    r"exact match|em|throughput|speed|quality|performance|efficiency|robustness|diversity|"
    r"similarity|"
    r"scores?|fps|elo|coverage|consistency|faithfulness|correlation|generalization|fidelity|safety|utility|reward"
)
_LOWER = (
    r"wer|cer|word error rate|character error rate|error rates?|errors?|fid|fvd|fad|kid|lpips|"
    r"perplexity|ppl|latency|rmse|mse|mae|eer|inference time(?! (?:compute|scaling))|training time|"
    r"runtime|run[- ]time|"
    r"wall-clock time|time(?! (?:series|steps?|scaling|compute|horizon))|memory(?: usage|"
    r" footprint| consumption| cost)?|flops|gflops|"
    r"computation(?:al)?(?: costs?)?|compute|(?:training |inference |computational )?costs?|"
    r"tokens?(?: usage)?|parameters|hallucinations?|hallucination rates?|attack success rates?|"
    r"bias|loss|overhead|toxicity|steps|energy(?: consumption)?|model size|storage|"
    r"kv[- ]cache(?: size| memory)?|complexity|bandwidth|refusal rate|response length"
)
_METRIC = re.compile(
    rf"(?<![\w-])(?:(?P<lower>{_LOWER})|(?P<higher>{_HIGHER}))(?![\w-]| efficiency)"
)
_SPELLED = {
    "accuracies": "accuracy",
    "f1 score": "f1",
    "clipscore": "clip score",
    "word error rate": "wer",
    "character error rate": "cer",
    "run time": "runtime",
    "computation": "compute",
    "computational": "compute",
    "computation cost": "computational cost",
    "token": "tokens",
    "ppl": "perplexity",
    "step": "steps",
    "kv cache size": "kv cache",
    "kv cache memory": "kv cache",
    "em": "exact match",
}
_ABBREVIATED = {"map": "mAP", "ap": "AP", "em": "EM"}
"""Metrics that are other words in small letters."""
_SINGULAR = re.compile(r"(?<=rate|core|rror|cost|tion)s$")
FASTER_IS = frozenset(
    ["throughput", "speed", "latency", "inference time", "runtime", "training time"]
)
"""Metrics of speed: a factor in one of them is a speedup."""
_REACH = 70
"""A metric is searched within so many characters of a number."""
_TIES = (" in ", " of ", " in the ", " in terms of ")
_OF_THREE = one_of("attack word character")
"""The first words of metrics of three."""
_ARTICLES = ("a", "an", "the")
_NO_OBJECT = FILL | one_of(
    "by from to in on with across when while and or further even relative that which is are"
)
"""What follows a verb that has no object."""
_COMPARES = ("exceed", "surpass", "outperform", "underperform", "beat", "trail", "lag")
"""Verbs whose object is what they compare with."""
_NO_TIME = re.compile(r"\b(?:test|real|first|one|same|each|every|any|all|this|a)[ -]$")
_ENDS = re.compile(
    r"[,;:()]|\b(?:with|over|than|compared|at|while|when|using|across|versus|from|without|by|and|or)\b"
)
"""What ends the words behind a number that can name its metric."""


def metric_of(text: str, part: Part, lead: Lead | None) -> Metric:
    """The metric of a number and its better direction, `higher` or `lower`; NULLs when not stated.

    It is searched in the number's part of a clause: right behind the number, "30% less memory", or
    before it, "reduces memory by 30%".
    """
    behind = text[part.end : min(part.finish, part.end + _REACH)]
    stop = _ENDS.search(folded(behind))
    behind = behind[: stop.start()] if stop else behind
    before = text[max(part.begin, part.start - _REACH) : part.start]
    later = next((f for f in _METRIC.finditer(folded(behind)) if _is_one(behind, f)), None)
    is_behind = lead is not None and lead.start >= part.end
    is_next = later is not None and (later.start() <= 1 or behind[: later.start()] in _TIES)
    if later and (is_behind or is_next):
        return _spelled(printed(behind, later)), later.lastgroup
    if lead and lead.word in NOUNS:
        words_before = text[part.begin : lead.start].split()[-3:]
        if folded(words_before[0] if words_before else "") not in _OF_THREE:
            words_before = words_before[-2:]
        before = " ".join([*words_before, text[max(part.begin, lead.start) : part.start]])
    elif lead and lead.start < part.start:
        comma = text.rfind(", ", part.begin, lead.start)
        first = lead.start + len(lead.word) if _has_object(text, lead, part) else comma
        before = text[max(part.begin, first, part.start - _REACH) : part.start]
    earlier = [f for f in _METRIC.finditer(folded(before)) if _is_one(before, f)]
    if earlier and not is_behind:
        return _spelled(printed(before, earlier[-1])), earlier[-1].lastgroup
    return (_spelled(printed(behind, later)), later.lastgroup) if later else (None, None)


def metrics_in_turn(text: str, first: int, parts: Sequence[Part]) -> list[Metric] | None:
    """The metrics of "latency and memory by 32% and 54%", one for each number; else None.

    `first` is where the sentence begins; the numbers are those of `parts`, in order.
    """
    if not _are_listed(text, [(part.start, part.end) for part in parts]):
        return None
    before = text[max(first, parts[0].start - _REACH) : parts[0].start]
    found = [one for one in _METRIC.finditer(folded(before)) if _is_one(before, one)]
    listed = found[-len(parts) :]
    if len(listed) < len(parts) or not _are_listed(before, [one.span() for one in listed]):
        return None
    return [(_spelled(printed(before, one)), one.lastgroup) for one in listed]


def _are_listed(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether nothing but commas and "and" stands between spans of a text."""
    return all(BETWEEN_TWO.fullmatch(text, end, start) for (_, end), (start, _) in pairwise(spans))


def _has_object(text: str, lead: Lead, part: Part) -> bool:
    """Whether a verb of change says of what: "improves recall by", not "recall improves by"."""
    if lead.word.startswith(_COMPARES):
        return False
    said = folded(text[lead.start + len(lead.word) : part.start]).split()
    first = next((word for word in said if word not in _ARTICLES), "by")
    return first not in _NO_OBJECT and not first.endswith("ly")


def is_metric(words: str) -> bool:
    """Whether a text begins with a metric."""
    found = _METRIC.search(folded(words))
    return found is not None and found.start() <= 1 and _is_one(words, found)


def _is_one(text: str, found: re.Match[str]) -> bool:
    """Whether a metric is meant: "mAP", not "map"; "time", not "for the first time"."""
    if found[0] == "time" and _NO_TIME.search(text, 0, found.start()):
        return False
    abbreviated = _ABBREVIATED.get(found[0])
    return abbreviated is None or printed(text, found) == abbreviated


def _spelled(said: str) -> str:
    """The one spelling of a metric."""
    name = said.lower()
    if not name.startswith(("rouge", "wall")):
        name = name.replace("-", " ")
    return _SPELLED.get(name) or _SINGULAR.sub("", name)
