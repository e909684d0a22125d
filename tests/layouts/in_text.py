"""Dresses in plain text: pages without marks, chats, notes in other markup."""

from collections.abc import Sequence

from tests.layouts.dress import ABS, HF, PDF, day, dress, each, folded, names, votes
from tests.layouts.papers import Paper

Papers = Sequence[Paper]


@dress("text", "title abstract", 6)
def bare_paragraphs(papers: Papers) -> str:
    return "Daily Papers\n\nby AK and the research community\n\n" + each(
        papers, lambda _, p: f"{p.title}\n\n{p.abstract}"
    )


@dress("text", "title abstract", 6)
def folded_paragraphs(papers: Papers) -> str:
    return "Trending Papers\n\n" + each(
        papers, lambda _, p: f"{folded(p.title)}\n\n{folded(p.abstract)}"
    )


@dress("text", "title abstract votes", 6)
def paragraphs_with_votes_after_titles(papers: Papers) -> str:
    return "Daily Papers\n\n" + each(
        papers, lambda _, p: f"{p.title}\n\n{votes(p)} upvotes\n\n{p.abstract}"
    )


@dress("text", "id title")
def title_authors_link(papers: Papers) -> str:
    return "Daily Papers\n\n" + each(papers, lambda _, p: f"{p.title}\n{names(p)}\n{ABS}{p.id}")


@dress("text", "id title abstract")
def labelled_lines(papers: Papers) -> str:
    return each(
        papers,
        lambda _, p: (
            f"Title: {p.title}\nAuthors: {names(p)}\nURL: {ABS}{p.id}\n"
            f"Abstract: {folded(p.abstract, indent='  ')}"
        ),
    )


@dress("text", "id title")
def numbered_and_folded(papers: Papers) -> str:
    return "This week's papers\n\n" + each(
        papers,
        lambda n, p: f"{n}. {folded(p.title, 60, indent='   ')}\n   {names(p)}\n   {ABS}{p.id}",
    )


@dress("text", "id title votes")
def columns_by_tabs(papers: Papers) -> str:
    return each(papers, lambda _, p: f"{HF}{p.id}\t{p.title}\t{votes(p)}", "\n")


@dress("chat", "id title")
def slack_links(papers: Papers) -> str:
    return "Daily Papers\n\n" + each(
        papers, lambda _, p: f"• <{HF}{p.id}|{p.title.replace('&', '&amp;')}>", "\n"
    )


@dress("chat", "id title votes")
def slack_bold_and_button(papers: Papers) -> str:
    return ":newspaper: *Today's papers*\n\n" + each(
        papers, lambda _, p: f"*{p.title}*\n<{ABS}{p.id}|arXiv> · {votes(p)} upvotes\n{p.teaser}"
    )


@dress("chat", "id title")
def discord_message(papers: Papers) -> str:
    return each(papers, lambda _, p: f"**{p.title}**\n<{ABS}{p.id}>\n> {p.teaser}")


@dress("chat", "id title votes comments abstract")
def telegram_message(papers: Papers) -> str:
    def part(_: int, p: Paper) -> str:
        comments = f" | 💬 {p.comments}" if p.comments else ""
        return f"📄 {p.title}\n👍 {votes(p)}{comments}\n🔗 {HF}{p.id}\n\n{p.abstract}"

    return each(papers, part, "\n\n———\n\n")


@dress("text", "id title")
def one_line_with_dashes(papers: Papers) -> str:
    return "Papers\n\n" + each(papers, lambda _, p: f"* {p.title} - {names(p)} - {ABS}{p.id}", "\n")


@dress("text", "id title")
def address_above_title(papers: Papers) -> str:
    return each(papers, lambda _, p: f"{PDF}{p.id}\n{p.title}")


@dress("text", "title abstract", 6)
def title_directly_above_its_folded_abstract(papers: Papers) -> str:
    return "Daily Papers\n\n" + each(papers, lambda _, p: f"{p.title}\n{folded(p.abstract)}")


@dress("text", "id title")
def org_links(papers: Papers) -> str:
    return "#+TITLE: Papers\n\n* Today\n" + each(
        papers, lambda _, p: f"** [[{ABS}{p.id}][{p.title.replace('[MASK]', 'MASK')}]]", "\n"
    ).replace("MASK Tok", "[MASK] Tok")


@dress("text", "id title")
def rest_links(papers: Papers) -> str:
    return "Papers\n======\n\n" + each(papers, lambda _, p: f"- `{p.title} <{ABS}{p.id}>`_", "\n")


@dress("text", "id title")
def wiki_links(papers: Papers) -> str:
    return "== Papers ==\n" + each(
        papers, lambda _, p: f"* [{ABS}{p.id} {p.title.replace('[', '(').replace(']', ')')}]", "\n"
    ).replace("(MASK)", "[MASK]")


@dress("text", "id title votes comments")
def facts_below_the_link(papers: Papers) -> str:
    def part(_: int, p: Paper) -> str:
        comments = f" · {p.comments} comments" if p.comments else ""
        return f"{p.title}\n{HF}{p.id}\n{votes(p)} upvotes · {day(p)}{comments}"

    return "Daily Papers\nSaved: 2026-08-20\n\n" + each(papers, part)


@dress("text", "id title abstract")
def id_without_a_link(papers: Papers) -> str:
    return "New in cs.TH\n\n" + each(
        papers, lambda _, p: f"arXiv:{p.id}\n{p.title}\n{names(p)}\n\n{folded(p.abstract)}"
    )


@dress("text", "id title")
def title_and_address_in_angles(papers: Papers) -> str:
    return "Look at these:\n\n" + each(papers, lambda n, p: f"({n}) {p.title} <{ABS}{p.id}>", "\n")


@dress("browser", "id title votes comments abstract")
def lynx_of_the_daily_page(papers: Papers) -> str:
    lines, links, n = [], [], 4

    def link(address: str) -> str:
        nonlocal n
        n += 1
        links.append(f"  {n:>2}. {address}")
        return f"[{n}]"

    for p in papers:
        lines.append(f"   {votes(p)}\n\n{link(HF + p.id)}{folded(p.title, 60, indent='   ')}\n")
        lines.append(f"   {folded(p.abstract, indent='   ')}\n")
        lines.append(f"   {len(p.authors)} authors · {day(p)}")
        lines += [f"   {link(f'{HF}{p.id}#community')}{p.comments}"] if p.comments else []
        lines.append("")
    head = (
        "   [1]Hugging Face\n     * [2]Models\n\n                 Daily Papers\n\n   by [3]AK\n\n"
    )
    tail = "\n".join(
        [
            *("References", "", "   1. https://huggingface.co/"),
            *(
                "   2. https://huggingface.co/models",
                "   3. https://huggingface.co/akhaliq",
                *links,
            ),
        ]
    )
    return head + "\n".join(lines) + "\n" + tail


@dress("browser", "id title abstract")
def lynx_of_an_arxiv_list(papers: Papers) -> str:
    def part(k: int, p: Paper) -> str:
        n = 3 * k
        authors = ", ".join(f"[{90 + k}]{name}" for name in p.authors)
        return (
            f"   [{n}][{k}] [{n + 1}]arXiv:{p.id} [ [{n + 2}]pdf ]\n   Title: "
            f"{folded(p.title, 60, indent='   ')}\n   {authors}\n   Subjects: Things (cs.TH)\n\n"
            f"   {folded(p.abstract, indent='   ')}"
        )

    def addresses(k: int, p: Paper) -> str:
        n = 3 * k
        return f"  {n}. {ABS}{p.id}\n  {n + 1}. {ABS}{p.id}\n  {n + 2}. {PDF}{p.id}"

    return (
        f"   Showing new listings\n\n{each(papers, part)}\n\nReferences\n\n   Visible links:\n"
        + each(papers, addresses, "\n")
    )


@dress("browser", "title abstract votes")
def lynx_without_its_list(papers: Papers) -> str:
    return "Daily Papers\n\n" + each(
        papers,
        lambda n, p: (
            f"   {votes(p)}\n\n[{10 + n}]{folded(p.title, 60, indent='   ')}\n\n"
            f"   {folded(p.abstract, indent='   ')}\n\n   {len(p.authors)} authors"
        ),
    )


@dress("browser", "id title")
def numbered_links_with_teasers(papers: Papers) -> str:
    return (
        "   [1]Home [2]About\n\n"
        + each(
            papers,
            lambda n, p: (
                f"   [{2 + n}]{folded(p.title, 66, indent='   ')}\n   {names(p)}\n   {p.teaser}"
            ),
        )
        + "\n\nReferences\n\n   [1] https://example.org/\n   [2] https://example.org/about\n"
        + each(papers, lambda n, p: f"   [{2 + n}] {ABS}{p.id}", "\n")
    )


@dress("browser", "id title votes", 6)
def links_numbered_and_votes_after(papers: Papers) -> str:
    return (
        "                       Trending Papers\n\n"
        + each(papers, lambda n, p: f"     * [{n}]{p.title}\n       {votes(p)} upvotes", "\n")
        + "\n\nReferences\n\n"
        + each(papers, lambda n, p: f"   {n}. {HF}{p.id}", "\n")
    )
