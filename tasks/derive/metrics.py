"""What a claim measures: metrics by name, and which way is better for each."""

import re

_HIGHER = (
    "accuracy|accuracies|f1(?:[ -]score)?|bleu|rouge(?:-\\w)?|meteor|cider|psnr|ssim|clip(?:[ -]?score)?|"
    "m?ap(?:50)?|m?iou|recall(?:@\\d+)?|precision|pass@\\d+|pass rate|success rates?|win[ -]rates?|"
    "solve rate|resolution rate|auc|auroc|ndcg(?:@\\d+)?|mrr|exact match|throughput|speed|quality|"
    "performance|efficiency|robustness|diversity|similarity|scores?|fps|elo|coverage|consistency|"
    "faithfulness|correlation|generalization|fidelity|safety|miou|utility|r-precision|reward"
)
_LOWER = (
    "wer|cer|word error rate|character error rate|error rates?|errors?|fid|fvd|fad|kid|lpips|perplexity|"
    "latency|rmse|mse|mae|eer|inference time|training time|runtime|run[- ]time|wall-clock time|time|"
    "memory(?: usage| footprint| consumption| cost)?|flops|gflops|computation(?:al)?(?: costs?)?|compute|"
    "(?:training |inference |computational )?costs?|tokens?(?: usage)?|parameters|hallucinations?|"
    "hallucination rate|attack success rate|bias|loss|overhead|toxicity|steps|energy(?: consumption)?|"
    "model size|storage|kv[- ]cache(?: size| memory)?|complexity|bandwidth|refusal rate|response length"
)
_METRIC = re.compile(rf"\b(?:(?P<lower>{_LOWER})|(?P<higher>{_HIGHER}))\b", re.IGNORECASE)
REACH = 70
"""How far from a number its metric is looked for, in characters."""


def metric_near(before: str, behind: str) -> tuple[str | None, str | None]:
    """The metric named nearest a number and its better direction, `higher` or `lower`."""
    earlier = list(_METRIC.finditer(before[-REACH:]))
    later = _METRIC.search(behind[:REACH])
    nearest = earlier[-1] if earlier else later
    if earlier and later:
        distance = len(before[-REACH:]) - earlier[-1].end()
        nearest = later if later.start() + 10 < distance else earlier[-1]
    if nearest is None:
        return None, None
    return nearest[0].lower(), nearest.lastgroup
