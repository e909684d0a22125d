r"""Texts that a spreadsheet would run as formulas, made harmless: a digest decides what its titles
begin with."""

import re

_UNSEEN = (
    r"""(?:[^\S\t\r\n]|["'`\u2018-\u201f\xab\xbb\uff02\uff07\x00-\x08\x0e-\x1f\x7f-\x9f"""
    r"""\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])*+"""
)
"""Blanks, quotes and signs that do not show, which a spreadsheet may drop."""
_SIGN = r"[=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
"""How a formula begins, also in full and small width."""
_FORMULA = re.compile(rf"{_UNSEEN}(?:{_SIGN}|[\t\r\n])")
_NEXT_CELL = re.compile(rf"([;\t\r\n]{_UNSEEN})(?={_SIGN})")
"""Where a new cell begins for a spreadsheet that takes `;` or tabs, not commas, for separators."""


def without_formula(text: str) -> str:
    """A text with an apostrophe before what a spreadsheet might run: before the text, and inside it
    before a sign that follows `;`, a tab or the end of a line."""
    marked = _NEXT_CELL.sub(r"\1'", text)
    return f"'{marked}" if _FORMULA.match(text) else marked
