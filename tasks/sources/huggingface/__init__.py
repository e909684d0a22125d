"""Hugging Face Daily Papers: one list each weekday, as JSON from the API or as a web page; also
lists of weeks and months, trending papers, searches, and the details of single papers.

Facts about the digest are from its public documentation and from bodies of 2024 to 2026. The date
of an issue is the date requested, because bodies of the API have none.
"""

from tasks.sources import Source
from tasks.sources.huggingface.issues import (
    FEWEST_RECORDS,
    FRESHNESS_OBJECTIVE,
    expected,
    is_valid_key,
    newest_day,
    query_of,
    stamped,
)
from tasks.sources.huggingface.listing_day import listed_by_stored
from tasks.sources.huggingface.parse_api import API
from tasks.sources.huggingface.parse_page import PAGE
from tasks.sources.huggingface.parse_paper import PAPER
from tasks.sources.huggingface.requests import request

SOURCE = Source(
    name="huggingface",
    formats=(API, PAGE, PAPER),
    is_valid_key=is_valid_key,
    base_url="https://huggingface.co",
    request=request,
    expected=expected,
    newest_day=newest_day,
    stamped=stamped,
    query_of=query_of,
    listed_by_stored=listed_by_stored,
    freshness_objective=FRESHNESS_OBJECTIVE,
    lists_grow=True,
    fewest_records=FEWEST_RECORDS,
    token_variable="HF_TOKEN",  # noqa: S106 - the name of a variable, not a token
    edition_of_name="daily",
)
