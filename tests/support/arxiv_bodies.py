"""Bodies as arXiv sends them, written for the tests."""

from collections.abc import Sequence

ABSTRACT = "We list papers that list papers & measure how long a list may grow."
_ESCAPED = ABSTRACT.replace("&", "&amp;")
_SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_MADE_BY_HAND = (
    "<entry><id>http://arxiv.org/abs/{0}v2</id><title>Title {0}</title><summary>Of lists.</summary>"
    "<author><name>Author 1</name></author></entry>"
)


def rss_item(
    identifier: str = "2611.00001v1",
    *,
    kind: str = "new",
    title: str = "Reading Lists",
    day: str = "Fri, 20 Nov 2026 00:00:00 -0500",
    creators: str = "Author 1, Author 2",
    categories: Sequence[str] = ("cs.CL", "cs.DL"),
) -> str:
    """One announcement in RSS."""
    named = "".join(f"<category>{name}</category>" for name in categories)
    bare = identifier.rpartition("v")[0] or identifier
    return (
        f"<item><title>{title}</title><link>https://arxiv.org/abs/{bare}</link>"
        f"<description>arXiv:{identifier} Announce Type: {kind} \nAbstract: {_ESCAPED}"
        f'</description><guid isPermaLink="false">oai:arXiv.org:{identifier}</guid>{named}'
        f"<pubDate>{day}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{creators}</dc:creator></item>\n"
    )


def rss(
    *items: str,
    title: str = "cs.CL updates on arXiv.org",
    day: str = "Fri, 20 Nov 2026 00:00:00 -0500",
    built: str = "Fri, 20 Nov 2026 05:00:02 +0000",
    description: str = "cs.CL updates on the arXiv.org e-print archive.",
) -> bytes:
    """A feed of a category in RSS."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss {_SPACES} version="2.0"><channel>\n'
        f"<title>{title}</title><link>http://rss.arxiv.org/rss/cs.CL</link>"
        f"<description>{description}</description><lastBuildDate>{built}</lastBuildDate>"
        f"<pubDate>{day}</pubDate><skipDays><day>Saturday</day><day>Sunday</day></skipDays>\n"
        f"{''.join(items)}</channel></rss>\n"
    ).encode()


def atom_entry(
    identifier: str = "2611.00001v1",
    *,
    kind: str = "new",
    title: str = "Reading Lists",
    day: str = "2026-11-20T00:00:00-05:00",
    creators: str = "Author 1, Author 2",
    categories: Sequence[str] = ("cs.CL", "cs.DL"),
) -> str:
    """One announcement in Atom."""
    named = "".join(f'<category term="{name}"/>' for name in categories)
    bare = identifier.rpartition("v")[0] or identifier
    return (
        f"<entry><id>oai:arXiv.org:{identifier}</id><title>{title}</title>"
        f'<updated>2026-11-20T05:00:02+00:00</updated><link href="https://arxiv.org/abs/{bare}"/>'
        f"<summary>arXiv:{identifier} Announce Type: {kind} \nAbstract: {_ESCAPED}</summary>"
        f"{named}<published>{day}</published><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{creators}</dc:creator></entry>\n"
    )


def atom(
    *entries: str,
    title: str = "cs.CL updates on arXiv.org",
    built: str = "2026-11-20T05:00:02.940000+00:00",
    description: str = "cs.CL updates on the arXiv.org e-print archive.",
) -> bytes:
    """A feed of a category in Atom."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f"{_SPACES}><id>http://rss.arxiv.org/atom/cs.CL</id><title>{title}</title>"
        f"<updated>{built}</updated><subtitle>{description}</subtitle>\n"
        f"{''.join(entries)}</feed>\n"
    ).encode()


def query_entry(
    identifier: str = "2611.00001v2",
    *,
    title: str = "Reading\n  Lists",
    updated: str = "2026-11-19",
) -> str:
    """One paper in an answer of the query API."""
    return (
        f"<entry><id>http://arxiv.org/abs/{identifier}</id><title>{title}</title>"
        f'<updated>{updated}T10:00:00Z</updated><link href="https://arxiv.org/abs/{identifier}"/>'
        f"<summary>  {_ESCAPED}\n</summary>"
        '<category term="cs.DL"/><category term="cs.CL"/>'
        "<published>2026-11-18T09:00:00Z</published><arxiv:comment>9 pages</arxiv:comment>"
        '<arxiv:primary_category term="cs.CL"/><author><name>Author 1</name>'
        "<arxiv:affiliation>A House</arxiv:affiliation></author>"
        "<author><name>Author 2</name></author></entry>\n"
    )


def query(
    *entries: str,
    asked: str = "search_query=cat:cs.CL AND ti:lists&amp;id_list=&amp;start=0",
    found: int | None = None,
    start: int = 0,
    size: int = 200,
) -> bytes:
    """An answer of the query API."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom"><id>https://arxiv.org/api/abc</id>'
        f"<title>arXiv Query: {asked}</title><updated>2026-11-20T00:00:00Z</updated>"
        f"<opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{len(entries) if found is None else found}"
        f"</opensearch:totalResults><opensearch:startIndex>{start}</opensearch:startIndex>\n"
        f"{''.join(entries)}</feed>\n"
    ).encode()


ERROR = query(
    "<entry><id>https://arxiv.org/api/errors#no_such_id</id><title>Error</title>"
    "<summary>no such id</summary><author><name>arXiv api core</name></author></entry>"
)
"""How the API tells an error: an answer with one entry."""

_RULE = "-" * 78
NEW_BLOCK, CROSS_BLOCK, REPLACED_BLOCK, END = (
    _RULE,
    "%-" * 39,
    "%%--" * 19 + "%%",
    "%%%---" * 13,
)


def mailed(
    identifier: str = "2611.00001",
    *,
    title: str = "Reading Lists",
    authors: str = "Author 1, Author 2 and Author 3",
    is_cross: bool = False,
    replaced: str | None = None,
) -> str:
    """One record of a mailing."""
    cross = " (*cross-listing*)" if is_cross else ""
    dated = (
        f"replaced with revised version {replaced}   (25kb,D)"
        if replaced
        else "Date: Wed, 18 Nov 2026 19:00:02 GMT   (14kb)"
    )
    abstract = "" if replaced else f"\\\\\n  {ABSTRACT.replace(' & ', chr(10) + '& ')}\n"
    return (
        f"\\\\\narXiv:{identifier}{cross}\n{dated}\n\nTitle: {title}\nAuthors: {authors}\n"
        f"Categories: cs.CL cs.DL\nComments: 9 pages,\n  2 lists\n{abstract}"
        f"\\\\ ( https://arxiv.org/abs/{identifier} ,  14kb)\n"
    )


def mailing(
    new: Sequence[str] = (),
    crosses: Sequence[str] = (),
    replaced: Sequence[str] = (),
    *,
    subject: str | None = None,
    date: str = "Fri, 20 Nov 26 01:29:12 GMT",
    end: str = END + "\nFor help, see the archive.\n",
) -> str:
    """A mailing with its three blocks."""
    told = f"cs.CL daily {len(new)} new + {len(crosses)} crosses received"
    return (
        f"Date: {date}\nSubject: {told if subject is None else subject}\n\n{_RULE}\n{_RULE}\n"
        f"Archives at http://arxiv.org/\n{_RULE}\nreceived from Wed to Thu\n{_RULE}\n"
        f"{(_RULE + chr(10)).join(new)}{CROSS_BLOCK}\n{_RULE}\n"
        f"{(_RULE + chr(10)).join(crosses)}{REPLACED_BLOCK}\n{_RULE}\n"
        f"{(_RULE + chr(10)).join(replaced)}{end}"
    )


def rdf_item(
    identifier: str = "2203.00001v1",
    title: str = "Reading Lists.",
    kind: str = "",
    creators: str = "Author 1, Author 2",
) -> str:
    """One announcement in RSS 1.0."""
    bare = identifier.rpartition("v")[0]
    linked = ", ".join(
        f"&lt;a href=&quot;http://x&quot;&gt;{n}&lt;/a&gt;" for n in creators.split(", ")
    )
    text = _ESCAPED.replace("&", "&amp;")
    return (
        f'<item rdf:about="http://arxiv.org/abs/{bare}">\n'
        f"<title>{title} (arXiv:{identifier} [cs.CL]{kind})</title>\n"
        f"<link>http://arxiv.org/abs/{bare}</link>\n"
        f'<description rdf:parseType="Literal">&lt;p&gt;{text}\n&lt;/p&gt;</description>\n'
        f"<dc:creator> {linked}</dc:creator>\n</item>\n"
    )


def rdf(*items: str, date: str = "2022-03-10T20:30:00-05:00", title: str = "cs.CL") -> bytes:
    """A feed of a category in RSS 1.0."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n\n<rdf:RDF\n'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"\n xmlns="http://purl.org/rss/1.0/"'
        '\n xmlns:dc="http://purl.org/dc/elements/1.1/"\n>\n<channel rdf:about="http://arxiv.org/">'
        f"\n<title>{title} updates on arXiv.org</title>\n<dc:date>{date}</dc:date>\n"
        "<items><rdf:Seq/></items>\n</channel>\n"
        f"{''.join(items)}</rdf:RDF>\n"
    ).encode()


def entries(*ids: str, title: str = "", extra: str = "") -> bytes:
    """An Atom feed that somebody made."""
    made = "".join(_MADE_BY_HAND.format(name) for name in ids)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {_SPACES}>{title}{made}{extra}</feed>'.encode()
    )
