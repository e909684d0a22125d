"""Dresses of mails: HTML that newsletters and scripts send, and texts."""

from collections.abc import Sequence
from email.message import EmailMessage
from html import escape
from urllib.parse import quote

from tests.layouts.dress import ABS, HF, PDF, day, dress, each, folded, names, votes
from tests.layouts.papers import Paper

Papers = Sequence[Paper]


def mail(html: str = "", text: str = "") -> bytes:
    """A mail of a list, with one of the two or both."""
    message = EmailMessage()
    message["From"] = "Digest <digest@lists.example.org>"
    message["Subject"] = "Papers"
    message["Date"] = "Wed, 05 Aug 2026 09:00:00 +0200"
    message["Message-ID"] = "<layout@lists.example.org>"
    message["List-Id"] = "<digest.lists.example.org>"
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
    elif html:
        message.set_content(f"<html><body>{html}</body></html>", subtype="html")
    return message.as_bytes()


def link(address: str, words: str) -> str:
    return f'<a href="{address}">{words}</a>'


@dress("mail html", "id title")
def table_with_a_button(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda n, p: (
                '<table><tr><td style="font-size:20px;font-weight:bold">'
                f"\n {escape(p.title)}\n</td></tr>"
                f"<tr><td>{names(p)}<br><i>Institute of Things</i></td></tr>"
                f"<tr><td><strong>Date:</strong> {p.day}</td></tr>"
                f"<tr><td><strong>Relevance:</strong> 7.{n}</td></tr>"
                f"<tr><td><strong>TLDR:</strong> {p.teaser}</td></tr>"
                f"<tr><td>{link(f'{PDF}{p.id}v1', 'PDF')}</td></tr></table><br>"
            ),
            "\n",
        )
    )


@dress("mail html", "id title")
def heading_authors_button(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f"<div><h3>{escape(p.title)}</h3><p>{names(p)}</p>"
                f"<p>{link(PDF + p.id, 'PDF')}</p></div>"
            ),
        )
    )


@dress("mail html", "id title")
def heading_teaser_read_more(papers: Papers) -> bytes:
    return mail(
        "<h1>Your papers</h1><p>Good morning, here is what is new.</p>"
        + each(
            papers,
            lambda _, p: (
                f"<h2>{escape(p.title)}</h2><p>{p.teaser}</p>"
                f"<p>{link(HF + p.id, 'Read the paper')}</p>"
            ),
        )
    )


@dress("mail html", "id title")
def two_buttons_in_brackets(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda n, p: (
                f"<p>{n}. {escape(p.title)} [{link(ABS + p.id, 'arXiv')}] "
                f"[{link(HF + p.id, 'HF')}]</p>"
            ),
        )
    )


@dress("mail html", "id title")
def heading_and_linked_id(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: f"<h3>{escape(p.title)}</h3><p>arXiv ID: {link(ABS + p.id, p.id)}</p>",
        )
    )


@dress("mail html", "id title votes")
def number_and_votes_in_the_link(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda n, p: f"<p>{link(HF + p.id, f'{n}. {escape(p.title)} (▲ {votes(p)})')}</p>",
        )
    )


@dress("mail html", "")
def cut_off_titles(papers: Papers) -> bytes:
    return mail(each(papers, lambda _, p: f"<p>{link(HF + p.id, escape(p.title[:12]) + '…')}</p>"))


@dress("mail text", "id title")
def text_with_authors(papers: Papers) -> bytes:
    return mail(
        text="Daily Papers\n\n"
        + each(papers, lambda _, p: f"{p.title}\n{names(p)}\n{ABS}{p.id}")
        + "\n"
    )


@dress("mail text", "id title")
def text_with_folded_titles(papers: Papers) -> bytes:
    return mail(
        text="Daily Papers\n\n"
        + each(papers, lambda _, p: f"{folded(p.title + ' ' * 0, 66)}\n{ABS}{p.id}")
        + "\n"
    )


@dress("mail html", "id title votes")
def table_with_heads(papers: Papers) -> bytes:
    rows = each(
        papers,
        lambda n, p: (
            f"<tr><td>{n}</td><td>{escape(p.title)}</td><td>{names(p)}</td><td>{votes(p)}</td>"
            f"<td>{link(HF + p.id, 'open')}</td></tr>"
        ),
        "\n",
    )
    heads = "".join(f"<th>{head}</th>" for head in ("#", "Title", "Authors", "Upvotes", "Link"))
    return mail(f"<p>Hello,</p><table border=1><tr>{heads}</tr>{rows}</table><p>Bye</p>")


@dress("mail html", "id title abstract votes")
def cards_with_pictures(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f'<table><tr><td width="80">{link(HF + p.id, "<img src=x.png alt=Preview>")}</td>'
                f'<td><a href="{HF + p.id}" style="color:#111">{escape(p.title)}</a>'
                f"<p>{escape(p.abstract)}</p><span>▲ {votes(p)}</span> <span>{day(p)}</span></td>"
                "</tr></table>"
            ),
        )
    )


@dress("mail html", "id title")
def counted_links(papers: Papers) -> bytes:
    def part(_: int, p: Paper) -> str:
        address = f"https://click.example.org/c?id=7&amp;url={quote(HF + p.id, safe='')}"
        title = f"<h2>{link(address, escape(p.title))}</h2>"
        return f"<div>{title}<p>{p.teaser}</p>{link(address, 'Read more')}</div>"

    return mail(
        each(papers, part)
        + link("https://click.example.org/unsubscribe?u=1", "Unsubscribe from all of this")
    )


@dress("mail html", "id title")
def spans_with_classes(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f'<div class="item"><span class="title">{escape(p.title)}</span><br>'
                f'<span class="who">{names(p)}</span><br><span class="sum">{p.teaser}</span><br>'
                f"{link(ABS + p.id, 'abs')} {link(PDF + p.id, 'pdf')}</div>"
            ),
        )
    )


@dress("mail html", "id title")
def bold_in_a_list(papers: Papers) -> bytes:
    items = each(
        papers,
        lambda _, p: (
            f"<li><b>{escape(p.title)}</b> — {names(p)}. {link(PDF + p.id, 'PDF')}, "
            f"{link('https://github.com/' + p.repo, 'Code')}</li>"
        ),
        "\n",
    )
    return mail(f"<p>Dear all,</p><ol>{items}</ol><p>See you on Friday.</p>")


@dress("mail text", "id title")
def forwarded_with_quotes(papers: Papers) -> bytes:
    listed = each(papers, lambda n, p: f"{n}. {folded(p.title, 60)}\n{ABS}{p.id}")
    quoted = "\n".join(f"> {line}".rstrip() for line in f"Daily Papers\n\n{listed}".split("\n"))
    return mail(text=f"FYI\n\nOn Tuesday the list wrote:\n{quoted}\n")


@dress("mail html", "id title")
def scholar_alert(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f'<h3 style="font-weight:lighter;margin:0"><span>[PDF]</span> '
                f'<a href="https://scholar.example.com/scholar_url?url={quote(PDF + p.id, safe="")}'
                f'&amp;hl=en" class="gse_alrt_title">{escape(p.title)}</a></h3>'
                f'<div style="color:#006621">{names(p)} - arXiv preprint arXiv:{p.id}, 2026</div>'
                f'<div class="gse_alrt_sni">{escape(p.abstract[:60])}&nbsp;…</div><br>'
            ),
        )
    )


@dress("mail html", "id title abstract")
def bold_title_and_small_id(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f"<div><b>{escape(p.title)}</b></div><div>{names(p)}</div>"
                f"<div><small>{link(ABS + p.id, p.id)} · {day(p)}</small></div>"
                f"<div>{escape(p.abstract)}</div><hr>"
            ),
        )
    )


@dress("mail text", "id title abstract")
def text_in_markdown(papers: Papers) -> bytes:
    return mail(
        text=each(
            papers, lambda _, p: f"## {p.title}\n\n{folded(p.abstract)}\n\n[Paper]({ABS}{p.id})"
        )
        + "\n"
    )


@dress("mail html", "id title votes comments")
def votes_row_above_titles(papers: Papers) -> bytes:
    def part(_: int, p: Paper) -> str:
        comments = f"<p>{link(f'{HF}{p.id}#community', str(p.comments))}</p>" if p.comments else ""
        title = f"<h3>{link(HF + p.id, escape(p.title))}</h3>"
        return f"<p>{votes(p)}</p>{title}<p>{len(p.authors)} authors</p>{comments}"

    return mail("<h1>Daily Papers</h1>" + each(papers, part))


@dress("mail html", "id title")
def both_parts(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: f"<p><strong>{escape(p.title)}</strong><br>{link(ABS + p.id, 'Link')}</p>",
        ),
        "This mail needs a program that shows HTML.\n",
    )


@dress("mail html", "id title")
def title_with_a_button_in_brackets(papers: Papers) -> bytes:
    return mail(
        "<ul>"
        + each(papers, lambda _, p: f"<li>{escape(p.title)} ({link(PDF + p.id, 'PDF')})</li>", "")
        + "</ul>"
    )


@dress("mail html", "id title abstract")
def definition_list(papers: Papers) -> bytes:
    return mail(
        "<dl>"
        + each(
            papers,
            lambda _, p: (
                f"<dt>{link(ABS + p.id, escape(p.title))}</dt><dd>{names(p)}</dd>"
                f"<dd>{escape(p.abstract)}</dd>"
            ),
        )
        + "</dl>"
    )


@dress("mail html", "id title abstract")
def labels_in_bold(papers: Papers) -> bytes:
    return mail(
        each(
            papers,
            lambda _, p: (
                f"<p><b>Title:</b> {escape(p.title)}<br><b>Authors:</b> {names(p)}<br>"
                f"<b>Abstract:</b> {escape(p.abstract)}<br>"
                f"<b>Link:</b> {link(ABS + p.id, ABS + p.id)}</p>"
            ),
        )
    )


@dress("mail text", "id title")
def text_numbered_with_addresses_in_angles(papers: Papers) -> bytes:
    return mail(
        text="Hello,\n\nthese came in today.\n\n"
        + each(papers, lambda n, p: f"{n}) {p.title}\n   <{ABS}{p.id}>\n   {names(p)}")
        + "\n\nYours\nThe digest\n"
    )
