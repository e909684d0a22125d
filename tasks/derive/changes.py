"""Patterns of claimed changes: quantities, words of change around them, and their baselines."""

import re

from tasks.derive.words import one_of

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d{1,6})?"
_UNIT = (
    r"\s?\\?%|\s?percent(?:age points?)?\b|\s?(?:pp|pts?|points?|dB)\b|"
    r"\s?[$\\{]{0,3}(?:×|\\?times\b)\$?|"
    r"\s?[xX](?![\w])|-?\s?fold\b"
)
DIGITS = re.compile(r"\d[\d.,]*")
MAY_BE_UNIT = re.compile(r"\s?[$\\{]{0,3}(?:[%×xX~–—-]|percent|p[tp]|point|times|fold|dB|to\s)")
QUANTITY = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit_low>{_UNIT})?"
    rf"(?:\s?(?:[-–—~]{{1,2}}|to)\s?(?P<high>{_NUMBER})"
    rf"(?=\s?(?:\\?%|×|x\b|X\b|percent|p[pt]|point|-?fold|times\b|\s?(?:[a-z]+\s){{0,2}}(?:gain|increase))))?"
    rf"(?P<unit>{_UNIT})?"
    rf"(?!\w|/\s?[A-Za-z]|\.\d|-(?:shot|step|bit|way|hop|layer|token|billion|million|k\b))"
)
FROM_TO = re.compile(
    rf"from\s(?:[a-z]{{1,12}}\s){{0,2}}[~$]?(?P<from>{_NUMBER})(?P<unit_from>{_UNIT}|\s?[A-Za-z]{{1,10}}\b)?"
    rf"(?:\s\([^()]{{1,40}}\))?\s(?:down |up )?to\s(?:[a-z]{{1,12}}\s){{0,2}}[~$]?"
    rf"(?P<to>{_NUMBER})(?P<unit_to>{_UNIT}|\s?[A-Za-z]{{1,10}}\b)?"
)
SIZES = one_of("b m k t gb mb tb billion million thousand trillion parameters gib")
_UP = (
    "improv|increas|boost|gain|outperform|surpass|exceed|rais|enhanc|better|higher|more|lift|grow|grew|"
    "rise|rose|advanc|elevat|beat|advantage|greater|larger|superior|ahead|uplift|jump"
)
_DOWN = (
    "reduc|decreas|drop|lower|cut|less|fewer|declin|shrink|fall|fell|degrad|sav|smaller|cheaper|worse|"
    "shorten|lose|loss|diminish|slash|minimiz|compress|lighter|deteriorat|prun"
)
_FASTER = "faster|fast|speedups?|speed-ups?|speeds?|accelerat|quicker|latency|throughput"
CHANGE = re.compile(rf"\b(?:(?P<faster>{_FASTER})|(?P<up>{_UP})|(?P<down>{_DOWN}))[a-z-]{{0,6}}\b")
_NOUN = (
    r"improvements?|increases?|gains?|boosts?|reductions?|decreases?|drops?|declines?|savings?|better|"
    r"higher|more|greater|larger|lower|less|fewer|smaller|cheaper|worse|faster|quicker|speed-?ups?|"
    r"accelerations?|throughput|lighter|shorter|outperform\w*|uplift|degradation|compression|absolute|"
    r"relative|efficien\w+|fast|slower|longer|reduced|improved|increased|enhanced|accurate|deeper|"
    r"data-efficien\w+"
)
BEHIND = re.compile(
    r"(?:\s?(?:,|/|and|to)\s?\+?[\d.]{1,8}\s?(?:\\?%|points?|x|times|×)?){0,3}"
    r"(?:\s\([a-z]{1,4}\))?\s?"
    r"(?:(?:absolute|relative|average|overall|net|total|additional|significant|higher|performance|"
    r"accuracy|and|or|of|in|the|a|an|more)\s){0,3}"
    r"(?:(?!on|for|with|from|at|to|while|when)[a-z@0-9-]{2,16}\s){0,2}?"
    rf"(?P<word>{_NOUN})\b"
)
"""Words of change after a number: "20% relative improvement", "3x and 4x faster"."""
_BETWEEN = (
    r"a|an|the|as|up|to|at|most|least|over|more|than|about|around|nearly|almost|roughly|"
    r"approximately|average|additional|further|margins?|of|only|large|significant|substantial|"
    r"impressive|remarkable|whopping|factor|absolute|relative|on|and|just|e\.g\.|mere|total|maximum|"
    r"staggering|notable|striking|improvement|gain|reduction|increase|drop"
)
BY = re.compile(
    r"\b(?:by|of|e\.g\.,|achiev\w+|up|a|an|approximately|than)\s"
    rf"(?:(?:{_BETWEEN}),?\s){{0,6}}[$~\\({{≈<>]{{0,3}}(?:sim)?\s?$"
)
"""Words that lead from a verb of change to its number: "by up to", "of more than"."""
BY_ONLY = re.compile(
    r"\bby\s[^.;]{0,60}$|"
    r"\b(?:increase|improvement|gain|reduction|decrease|drop)s? of (?:[a-z]+ ){0,2}$"
)
_QUALIFIERS = (
    ("up to", r"up to|as much as|at most|maximum"),
    ("at least", r"at least|no less than"),
    ("over", r"over|more than|exceeding|above|>"),
    ("about", r"about|around|approximately|roughly|nearly|almost|close to|~|\\sim|\\approx|\u2248"),
    ("average", r"average|mean"),
    ("absolute", r"absolute"),
    ("relative", r"relative"),
)
QUALIFIER = [(name, re.compile(rf"(?:{words})")) for name, words in _QUALIFIERS]
BASELINE = re.compile(
    r"\b(?:compared (?:to|with)|relative to|in comparison (?:to|with)|versus|vs\.?|than|over|"
    r"against|outperform\w*|surpass\w*|exceed\w*|beat\w*)\s(?:the |its |our |an? )?"
    r"(?P<what>[^,;()]{2,80}?)"
    r"(?=\s(?:by|on|in|with|while|and|at|for|across|when|without|using|of|to)\b|[,;()]|\.(?:\s|$)|$)"
)
NOT_A_BASELINE = re.compile(r"^(?:\d|\\|\$|all\b|both\b|a wide|multiple|time\b|by\b|up to)")
NO_CHANGE = re.compile(
    r"\b(?:accounts? for|consists?|consisting|comprises?|contains?|only uses?|using only|"
    r"trained on|with only|top)\s"
    r"[^.,;]{0,25}$"
)
SCORE_OF = re.compile(
    r"\b(?:scores?|accurac\w+|rates?|performance|precision|recall|auc|f1|fid|wer|ap|map|iou|psnr|result)"
    r"\s(?:of|at|to)\s(?:[a-z]{1,12}\s){0,2}$"
)
IN_A_RANGE = re.compile(r"\b(?:rang\w+|vary\w*|varies|sizes?|scales?|span\w*)\s[^.]{0,30}$")
LISTED = re.compile(
    r"(?:(?!\. |\bwith\b)[^;]){0,70}?(?:,|/|&|\band|\bwhile)\s?"
    r"(?:by |up to |over |an? |and |about )*[+$~]?$"
)
