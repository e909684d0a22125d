"""Dresses in Markdown: READMEs, page savers, notes."""

from collections.abc import Sequence

from tests.layouts.dress import ABS, HF, PDF, day, dress, each, folded, names, votes
from tests.layouts.papers import Paper

Papers = Sequence[Paper]


@dress("markdown", "id title abstract votes comments")
def heading_that_links(papers: Papers) -> str:
    def part(_: int, p: Paper) -> str:
        comments = f"\n\n[{p.comments}]({HF}{p.id}#community)" if p.comments else ""
        return (
            f"{votes(p)}\n\n### [{p.title}]({HF}{p.id})\n\n{p.abstract}\n\n"
            f"{len(p.authors)} authors · {day(p)}{comments}"
        )

    return "# Daily Papers\n\nby AK and the research community\n\n" + each(papers, part)


@dress("markdown", "id title abstract")
def heading_labels_button(papers: Papers) -> str:
    return "# Papers of the day\n\n" + each(
        papers,
        lambda _, p: (
            f"## {p.title}\n\n**Authors:** {names(p)}\n\n**Abstract:** {p.abstract}\n\n"
            f"[PDF]({PDF}{p.id}) · [Code](https://github.com/{p.repo})"
        ),
    )


@dress("markdown", "id title abstract votes")
def bold_number_two_buttons(papers: Papers) -> str:
    return "# Daily Papers - August 5, 2026\n\n" + each(
        papers,
        lambda n, p: (
            f"{n}. **{p.title}** - [arXiv]({ABS}{p.id}) | [HF]({HF}{p.id}) | ⬆ {votes(p)}\n"
            f"   > {p.abstract}"
        ),
        "\n",
    )


@dress("markdown", "id title", 6)
def table_with_ids_as_links(papers: Papers) -> str:
    return (
        "## Updated on 2026.08.05\n> Usage instructions: [here](./docs/README.md#usage)\n\n"
        "## Small things\n\n|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n"
        + each(
            papers,
            lambda n, p: (
                f"|**{p.day}**|**{p.title}**|{p.authors[0]} et.al.|"
                f"[{p.id}v{n}](http://arxiv.org/abs/{p.id}v{n})|"
                + ("null|" if n % 2 else f"**[link](https://github.com/{p.repo})**|")
            ),
            "\n",
        )
        + "\n\n<p align=right>(<a href=#updated-on-20260805>back to top</a>)</p>\n"
    )


@dress("markdown", "id title votes")
def table_with_linked_titles(papers: Papers) -> str:
    return "| Date | Paper | Authors | Upvotes |\n|:--|:--|:--|--:|\n" + each(
        papers,
        lambda _, p: f"| {p.day} | [{p.title}]({ABS}{p.id}) | {names(p)} | {votes(p)} |",
        "\n",
    )


@dress("markdown", "id title votes comments")
def table_with_ranks(papers: Papers) -> str:
    return "# Top of the week\n\n| # | Title | 👍 | 💬 | Link |\n|---|---|---|---|---|\n" + each(
        papers,
        lambda n, p: (
            f"| {n} | {p.title} | {votes(p)} | {p.comments or ''} | [HF]({HF}{p.id}) / "
            f"[PDF]({PDF}{p.id}) |"
        ),
        "\n",
    )


@dress("markdown", "id title abstract")
def table_in_chinese(papers: Papers) -> str:
    return "| 日期 | 标题 | 作者 | 摘要 | 链接 |\n| --- | --- | --- | --- | --- |\n" + each(
        papers,
        lambda _, p: (
            f"| {p.day} | {p.title} | {p.authors[0]} 等 | {p.abstract} | [{p.id}]({ABS}{p.id}) |"
        ),
        "\n",
    )


@dress("markdown", "id title", 6)
def table_with_teasers_beside_bold(papers: Papers) -> str:
    return "## Top papers (August 3 - August 9)\n\n| **Paper** | **Links** |\n|---|---|\n" + each(
        papers,
        lambda n, p: (
            f"| {n}) **{p.title}** - {p.teaser[0].lower() + p.teaser[1:]} Worth a look. "
            f"| [Paper]({ABS}{p.id}), [Tweet](https://example.org/t/{n}) |"
        ),
        "\n",
    )


@dress("markdown", "id title abstract")
def details_with_summary(papers: Papers) -> str:
    return "## Today's papers\n\n> New papers, updated daily\n\n" + each(
        papers,
        lambda n, p: (
            f"<details>\n<summary><b>{n}. {p.title}</b> ⭐ {n}</summary>\n\n<br/>\n\n"
            f"**👥 Authors:** {names(p)}\n\n"
            f"**🔗 Links:** [🤗 HuggingFace]({HF}{p.id}) • [📄 arXiv]({ABS}{p.id}) • "
            f"[📥 PDF]({PDF}{p.id})\n\n**💻 Code:** [⭐ Code](https://github.com/{p.repo})\n\n"
            f"> {p.abstract}\n\n</details>"
        ),
    )


@dress("markdown", "id title", 6)
def awesome_with_date_tags(papers: Papers) -> str:
    half = len(papers) // 2

    def part(_: int, p: Paper) -> str:
        return (
            f"- [*arXiv {p.day.replace('-', '/')}*] **{p.title}** [[PDF]({PDF}{p.id})] "
            f"[[Code](https://github.com/{p.repo})]"
        )

    return (
        f"# Awesome Small Things\n\n## Kitchens\n\n{each(papers[:half], part, chr(10))}\n\n"
        f"## Gardens\n\n{each(papers[half:], part, chr(10))}\n"
    )


@dress("markdown", "id title")
def link_then_authors(papers: Papers) -> str:
    return "# Reading list\n\n" + each(
        papers, lambda _, p: f"- [{p.title}]({ABS}{p.id}) - *{names(p)}*", "\n"
    )


@dress("markdown", "id title")
def authors_bold_title_download(papers: Papers) -> str:
    return "# Publications\n\n" + each(
        papers,
        lambda _, p: (
            f"{names(p)}<br/>\n**{p.title}**<br/>\narXiv preprint arXiv:{p.id}, 2026.<br/>\n"
            f"Download:[[PDF]({PDF}{p.id})]"
        ),
        "\n\n<br/>\n\n",
    )


@dress("markdown", "id title abstract")
def nested_bullets(papers: Papers) -> str:
    return "# Notes of 2026-08-05\n\n" + each(
        papers,
        lambda _, p: (
            f"- **{p.title}**\n  - Authors: {names(p)}\n  - Link: <{ABS}{p.id}>\n"
            f"  - Abstract: {p.abstract}"
        ),
        "\n",
    )


@dress("markdown", "id title abstract")
def heading_bracketed_buttons(papers: Papers) -> str:
    return "# 2026-08\n\n## Things (cs.TH)\n\n" + each(
        papers,
        lambda _, p: (
            f"### {p.title} \n[[arxiv]({ABS}{p.id})] [[cool](https://example.org/a/{p.id})] "
            f"[[pdf]({PDF}{p.id})]\n> **Authors**: {', '.join(p.authors)}\n"
            f"> **First submission**: {p.day}\n> **Abstract**: {p.abstract}"
        ),
    )


@dress("markdown", "id title abstract")
def heading_button_summary_rule(papers: Papers) -> str:
    return "# daily-papers\n\n## 2026-08-05\n\n" + each(
        papers,
        lambda _, p: (
            f"### {p.title}\n\n[arXiv]({ABS}{p.id})\n\n**Authors:** {names(p)}\n\n"
            f"**Category:** cs.TH\n\n**Summary:** {p.abstract}\n\n---"
        ),
        "\n\n",
    )


@dress("markdown", "id title abstract votes comments")
def grabber_with_escapes(papers: Papers) -> str:
    def part(n: int, p: Paper) -> str:
        link = HF + p.id
        faces = "".join(f"- ![](https://example.org/faces/{i}.svg)\\\\\n" for i in range(n % 3))
        comments = f"\n\n[{p.comments}]({link}#community)" if p.comments else ""
        login = f"https://huggingface.co/login?next=%2Fpapers%2F{p.id}"
        return (
            f"[{votes(p)}]({login})\n\n### [{folded(p.title, 40, chr(92) + chr(10))}]({link})\n\n"
            f"[{folded(p.abstract, end=chr(92) * 2 + chr(10))}]({link})\n\n"
            f"[{faces}- {len(p.authors)} authors]({link})\n\n·\n\n{day(p)}{comments}"
        )

    return "# Daily Papers\n\n## by[AK](https://huggingface.co/akhaliq)\n\n" + each(papers, part)


@dress("markdown", "id title abstract votes")
def words_for_pictures_in_german(papers: Papers) -> str:
    alt = "[Bild: ohne Beschreibung]"
    return f"# Trending Papers\n\n## by[{alt} AK](https://huggingface.co/akhaliq)\n\n" + each(
        papers,
        lambda n, p: (
            f"Submitted by\n\n{alt}\n\nleser{n}\n\n[{alt}]({HF}{p.id})\n\n"
            f"### [{p.title}]({HF}{p.id})\n\n\n{p.abstract}\n\n\n-\n\n- {alt}\n\n"
            f"- {len(p.authors)} authors\n\n· Published on {day(p)}\n\n\n"
            f"[Upvote\n\n{votes(p)}](https://huggingface.co/login?next=%2Fpapers%2F{p.id})\n\n"
            f"[GitHub {p.stars}](https://github.com/{p.repo}) [arXiv Page]({ABS}{p.id})"
        ),
        "\n\n\n",
    )


@dress("markdown", "title abstract")
def trending_without_links_to_papers(papers: Papers) -> str:
    return (
        "Have each day's list of papers sent to you by mail!\n"
        "Get trending papers in your email inbox!\n\n## Trending Papers\n\n"
        "## by AK and the research community\n\n"
        + each(
            papers,
            lambda _, p: (
                f"### {p.title}\n\n{p.abstract}\n- {len(p.authors)} authors\n"
                f"[LINK: GitHub {p.stars}](https://github.com/{p.repo})"
            ),
        )
    )


@dress("markdown", "title abstract votes")
def reference_links_without_their_list(papers: Papers) -> str:
    def part(n: int, p: Paper) -> str:
        k = 10 + 4 * n
        return (
            f"[\n{votes(p)}\n][{k}]\n\n### [{p.title}][{k + 1}]\n\n[\n\n{folded(p.abstract, 100)}"
            f"\n\n][{k + 2}]\n[\n* {len(p.authors)} authors\n][{k + 3}]\n·\n"
            f"{day(p, with_year=False)}"
        )

    return "new\n\n# Daily Papers\n\nby AK and the research community\n\n" + each(papers, part)


@dress("markdown", "id title abstract")
def reference_links(papers: Papers) -> str:
    body = each(
        papers,
        lambda n, p: f"  * [{folded(p.title, 60, chr(10) + '    ')}][{n}]\n\n    {p.abstract}",
    )
    return f"# This week\n\n{body}\n\n" + each(papers, lambda n, p: f"   [{n}]: {ABS}{p.id}", "\n")


@dress("markdown", "id title votes comments")
def reader_service(papers: Papers) -> str:
    return (
        "Title: Daily Papers - Hugging Face\n\nURL Source: https://huggingface.co/papers\n\n"
        "Markdown Content:\n[![Image 1: Hugging Face's logo](https://example.org/logo.svg)"
        "Hugging Face](https://huggingface.co/)\n\n*   [Models](https://huggingface.co/models)\n"
        "*   [Datasets](https://huggingface.co/datasets)\n\nDaily Papers\n------------\n\n"
        "by[![Image 2](https://example.org/ak.png)AK](https://huggingface.co/akhaliq)\n\n"
        + each(
            papers,
            lambda n, p: (
                f"[![Image {n + 2}](https://example.org/{p.id}.png)]({HF}{p.id})\n\n"
                f"Submitted by\n\n![Image {n + 9}: reader{n}'s avatar](https://example.org/r.png) "
                f"reader{n}\n\n[{votes(p)}](https://huggingface.co/login?next=%2Fpapers%2F{p.id})\n\n"
                f'### [{p.title}]({HF}{p.id} "{p.title.replace(chr(34), "")}")\n\n'
                f"*   ![Image](https://example.org/f.png)\n*   {len(p.authors)} authors"
                + (f"\n\n[{p.comments}]({HF}{p.id}#community)" if p.comments else "")
            ),
        )
    )


@dress("markdown", "id title abstract votes comments")
def every_link_on_its_own_line(papers: Papers) -> str:
    def part(_: int, p: Paper) -> str:
        link = HF + p.id
        comments = f"\n\n{p.comments}\n\n{link}#community" if p.comments else ""
        return (
            f" [-] {votes(p)}\n\nhttps://huggingface.co/login?next=%2Fpapers%2F{p.id}\n\n"
            f"{p.title}\n\n{link}\n\n{p.abstract}\n\n{link}\n\n[\n\n{len(p.authors)} authors]"
            f"({link})\n\n·\n\n{day(p)} {comments}"
        )

    start = "Daily Papers\n\nby \n\nAK\n\nhttps://huggingface.co/akhaliq\n\n and the community\n\n"
    return start + each(papers, part)


@dress("markdown", "id title votes")
def votes_before_the_link(papers: Papers) -> str:
    return "**Most voted today**\n\n" + each(
        papers, lambda _, p: f"* ▲ {votes(p)} [{p.title}]({HF}{p.id}) by {names(p)}", "\n"
    )


@dress("markdown", "id title votes")
def votes_in_the_links_words(papers: Papers) -> str:
    return each(
        papers,
        lambda n, p: f"[{n}. {p.title} ({votes(p)} upvotes)]({HF}{p.id})",
    )


@dress("markdown", "id title abstract")
def underlined_headings(papers: Papers) -> str:
    return "Papers\n======\n\n" + each(
        papers,
        lambda _, p: (
            f"{p.title}\n{'-' * min(len(p.title), 60)}\n\n{folded(p.abstract, 80)}\n\n{ABS}{p.id}"
        ),
    )


@dress("markdown", "id title")
def a_section_for_each_paper(papers: Papers) -> str:
    fields = ("Kitchens", "Gardens", "Streets", "Libraries", "Attics", "Weather")
    return "# Brief\n\n" + each(
        papers,
        lambda n, p: (
            f"## {fields[n % 6]}\n\n#### {p.title}\n\n*{names(p)}*\n\n{p.teaser}\n\n"
            f"[Read more]({HF}{p.id})"
        ),
    )


@dress("markdown", "id title")
def id_links_before_titles(papers: Papers) -> str:
    return "## New\n\n" + each(papers, lambda _, p: f"- [{p.id}]({ABS}{p.id}) {p.title}", "\n")


@dress("markdown", "id title")
def title_links_elsewhere(papers: Papers) -> str:
    return "# Projects\n\n" + each(
        papers,
        lambda n, p: (
            f"{n}. [{p.title}](https://{p.repo.split('/')[0]}.example.org/) ([arXiv]({ABS}{p.id}), "
            f"[code](https://github.com/{p.repo}))"
        ),
        "\n",
    )


@dress("markdown", "id title votes abstract")
def labels_with_pictograms(papers: Papers) -> str:
    return "# 🤗 Daily Papers\n\n" + each(
        papers,
        lambda _, p: (
            f"📄 **Title:** {p.title}\n👥 **Authors:** {names(p)}\n🔗 **Link:** {HF}{p.id}\n"
            f"👍 **Upvotes:** {votes(p)}\n📝 **Abstract:** {p.abstract}"
        ),
        "\n\n---\n\n",
    )


@dress("markdown", "id title abstract")
def labels_in_chinese(papers: Papers) -> str:
    return "# 每日论文\n\n" + each(
        papers,
        lambda n, p: (
            f"### {n}\n\n- **标题**\uff1a{p.title}\n- **作者**\uff1a{names(p)}\n"
            f"- **链接**\uff1a{ABS}{p.id}\n"
            f"- **摘要**\uff1a{p.abstract}"
        ),
    )


@dress("markdown", "id title abstract")
def abstract_below_a_small_heading(papers: Papers) -> str:
    return "# Digest\n\n" + each(
        papers,
        lambda _, p: (
            f"## {p.title}\n\n{names(p)}\n\n###### Abstract\n\n{p.abstract}\n\n"
            f"**Source:** [{ABS}{p.id}]({ABS}{p.id})"
        ),
    )


@dress("markdown", "id title abstract", 4)
def list_kept_twice(papers: Papers) -> str:
    body = each(papers, lambda _, p: f"### [{p.title}]({HF}{p.id})\n\n{p.abstract}")
    return f"# Trending Papers\n\n{body}\n\n{body}\n"


@dress("markdown", "id title")
def only_the_name_is_bold(papers: Papers) -> str:
    def part(_: int, p: Paper) -> str:
        name, colon, rest = p.title.partition(": ")
        return f"- **{name}**{colon}{rest} [[paper]({ABS}{p.id})] [[code](https://github.com/x/y)]"

    return "### Papers\n\n" + each(papers, part, "\n")


@dress("markdown", "id title abstract")
def clipped_with_quotes(papers: Papers) -> str:
    return "---\ntags: [clippings]\n---\n\n" + each(
        papers,
        lambda _, p: f"> [!abstract] [{p.title}]({ABS}{p.id})\n> *{names(p)}*\n>\n> {p.abstract}",
    )


@dress("markdown", "id title", 6)
def numbers_in_brackets_and_venues(papers: Papers) -> str:
    return "## References\n\n" + each(
        papers,
        lambda n, p: (
            f"[{n}] {p.authors[0]} et al. **{p.title}.** *arXiv preprint*, 2026. "
            f"[[arXiv]({ABS}{p.id})]"
        ),
    )


@dress("markdown", "id title")
def badges(papers: Papers) -> str:
    shield = "https://img.example.org/badge/arXiv-"
    return "# Collection\n\n" + each(
        papers,
        lambda _, p: (
            f"+ **{p.title}** ({day(p)})  \n  {names(p)}  \n  "
            f"[![arXiv]({shield}{p.id}.svg)]({ABS}{p.id}) "
            f"[![Star](https://img.example.org/stars.svg)](https://github.com/{p.repo})"
        ),
    )
