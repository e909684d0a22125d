"""What a claim measures: names of metrics, and for each whether higher or lower is better."""

import re

from tasks.derive.words import folded, printed

_HIGHER = (
    r"accuracy|accuracies|f1(?:[ -]score)?|bleu|rouge(?:-\w)?|meteor|cider|psnr|ssim|"
    r"clip(?:[ -]?score)?|m?ap(?:50)?|m?iou|recall(?:@\d+)?|precision|pass@\d+|pass rate|"
    r"success rates?|win[ -]rates?|solve rate|resolution rate|auc|auroc|ndcg(?:@\d+)?|mrr|"
    r"exact match|throughput|speed|quality|performance|efficiency|robustness|diversity|similarity|"
    r"scores?|fps|elo|coverage|consistency|faithfulness|correlation|generalization|fidelity|safety|utility|reward"
)
_LOWER = (
    r"wer|cer|word error rate|character error rate|error rates?|errors?|fid|fvd|fad|kid|lpips|"
    r"perplexity|latency|rmse|mse|mae|eer|inference time|training time|runtime|run[- ]time|"
    r"wall-clock time|time|memory(?: usage| footprint| consumption| cost)?|flops|gflops|"
    r"computation(?:al)?(?: costs?)?|compute|(?:training |inference |computational )?costs?|"
    r"tokens?(?: usage)?|parameters|hallucinations?|hallucination rate|attack success rate|bias|"
    r"loss|overhead|toxicity|steps|energy(?: consumption)?|model size|storage|"
    r"kv[- ]cache(?: size| memory)?|complexity|bandwidth|refusal rate|response length"
)
_METRIC = re.compile(rf"\b(?:(?P<lower>{_LOWER})|(?P<higher>{_HIGHER}))\b")
_OF_METRIC = re.compile(r"\s?[a-z-]+(?:\s[a-z-]+)?\s(?:in|of)\b")
REACH = 70
"""A metric is searched within so many characters of a number."""


def metric_near(before: str, behind: str) -> tuple[str | None, str | None]:
    """The metric named nearest a number and its better direction, `higher` or `lower`."""
    near = before[-REACH:]
    earlier = list(_METRIC.finditer(folded(near)))
    later = _METRIC.search(folded(behind[:REACH]))
    nearest = earlier[-1] if earlier else later
    if earlier and later:
        distance = len(near) - earlier[-1].end()
        is_behind = bool(_OF_METRIC.match(behind)) or later.start() + 10 < distance
        nearest = later if is_behind else earlier[-1]
    if nearest is None:
        return None, None
    text = behind if nearest is later else near
    return printed(text, nearest).lower(), nearest.lastgroup
