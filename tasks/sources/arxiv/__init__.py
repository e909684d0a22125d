"""arXiv's announcements: every weekday, what is new, cross-listed or replaced in a category.

Issues are `arxiv:<category>:<date>`, whether they come as a feed or as the daily mailing, and
`arxiv:query:<query>` or `arxiv:ids:<id>,<id>` for an answer of the query API. A feed of several
categories is an issue of its own, `arxiv:<category>+<category>:<date>`. A feed holds one
announcement only, so an issue can be fetched on its own day only.
"""

from datetime import timedelta

from tasks.sources import Source
from tasks.sources.arxiv.issues import doubt, expected, is_valid_key, newest_day
from tasks.sources.arxiv.parse_atom import ATOM_FEED
from tasks.sources.arxiv.parse_entries import ENTRIES
from tasks.sources.arxiv.parse_mailing import MAILING
from tasks.sources.arxiv.parse_query import QUERY
from tasks.sources.arxiv.parse_rdf import RDF
from tasks.sources.arxiv.parse_rss import RSS
from tasks.sources.arxiv.requests import request

SOURCE = Source(
    name="arxiv",
    formats=(RSS, RDF, ATOM_FEED, QUERY, ENTRIES, MAILING),
    is_valid_key=is_valid_key,
    doubt=doubt,
    base_url="https://rss.arxiv.org",
    request=request,
    expected=expected,
    newest_day=newest_day,
    freshness_objective=timedelta(hours=30),
    fetchable_days=1,
    min_interval_s=3.0,
    example="cs.CL:2024-08-01",
)
