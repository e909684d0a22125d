"""Render a daily papers page in the shape of the real one.

The data sits in a `DailyPapers` element as escaped JSON; below it come one card per paper, and
around both the navigation and footer that a careless reader would take for papers. Keys of the
hydration data are those of late 2026: dateString, dailyPapers, prevDate, periodType, query,
isTrending.
"""

import html
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

HEAD = """<!doctype html>
<html class="">
	<head>
		<meta charset="utf-8" />
		<meta property="og:title" content="Daily Papers - Hugging Face" />
		<title>Daily Papers - Hugging Face</title>
	</head>
	<body class="flex flex-col min-h-dvh bg-white">
		<header class="border-b border-gray-100"><nav aria-label="Main"><ul>
			<li><a href="/models">Models</a></li>
			<li><a href="/datasets">Datasets</a></li>
			<li><a href="/papers">Papers</a></li>
			<li><a href="/docs">Docs</a></li>
		</ul></nav></header>
		<main class="flex flex-1 flex-col">
"""
FOOT = """
		</main>
		<footer class="border-t border-gray-100"><nav>
			<a href="/terms-of-service">TOS</a>
			<a href="/privacy">Privacy</a>
			<a href="https://github.com/huggingface">GitHub</a>
		</nav></footer>
	</body>
</html>
"""


def render(
    items: Sequence[dict[str, Any]],
    day: date,
    previous: date | None,
    *,
    hydrated: bool = True,
    **props: Any,
) -> str:
    """The page of issue `day`; without hydration only navigation, cards and footer remain.

    `props` are what the data of another list's page says instead.
    """
    listing = banner(day, previous) + "\n".join(card(item) for item in items)
    if not hydrated:
        return f"{HEAD}<section>{listing}</section>{FOOT}"
    data = hydration(items, day, previous) | props
    escaped = html.escape(json.dumps(data, ensure_ascii=False))
    return (
        f'{HEAD}<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" '
        f'data-props="{escaped}"><section>{listing}</section></div>{FOOT}'
    )


def hydration(items: Sequence[dict[str, Any]], day: date, previous: date | None) -> dict[str, Any]:
    """The data of the page, which names its own date."""
    data: dict[str, Any] = {
        "dateString": day.isoformat(),
        "dailyPapers": list(items),
        "periodType": "day",
        "query": {},
        "isTrending": False,
    }
    return data if previous is None else data | {"prevDate": previous.isoformat()}


def banner(day: date, previous: date | None) -> str:
    """The heading with its date and the link to the day before."""
    back = "" if previous is None else f'<a href="/papers/date/{previous}">Previous</a>'
    return f"""
			<h1>Daily Papers</h1><p>by AK and the research community</p>
			<time datetime="{day}T00:00:00.000Z">{day:%b} {day.day}</time>{back}
"""


def card(item: dict[str, Any]) -> str:
    """One paper: thumbnail, submitter, upvotes, linked title, number of authors, comments."""
    paper = item["paper"]
    link = f"/papers/{paper['id']}"
    title = html.escape(item["title"])
    signed = len(paper["authors"])
    return f"""
			<article class="relative flex flex-col overflow-hidden rounded-xl border">
				<a href="{link}"><img src="{html.escape(item.get("thumbnail", ""))}" alt=""></a>
				<div>Submitted by {html.escape(item.get("submittedBy", {}).get("name", ""))}</div>
				<div class="leading-none">{paper["upvotes"]}</div>
				<h3 class="mb-1"><a href="{link}" class="line-clamp-3">{title}</a></h3>
				<a href="{link}">{signed} author{"s" if signed > 1 else ""}</a>
				<a href="{link}#community">{item["numComments"]}</a>
			</article>"""
