"""Draws what `benchmarks.load --save` has saved: seconds over papers, one panel for each run.

    python -m benchmarks.plot benchmarks/results/load.json docs/pictures/load.svg

Several files may be given, of runs that add sizes to each other. Both axes are logarithmic, so that
equal ratios are equal distances.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

Rows = Sequence[Mapping[str, Any]]


def main(words: Sequence[str] | None = None) -> int:
    """Read results, write a picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args(words)
    saved = [json.loads(path.read_text("utf-8")) for path in arguments.results]
    rows = [row for result in saved for row in result["rows"]]
    arguments.picture.parent.mkdir(parents=True, exist_ok=True)
    # without a date and with fixed ids, the same results make the same picture
    mpl.rcParams["svg.hashsalt"] = "paperhouse"
    draw(rows, saved[0]["machine"]).savefig(
        arguments.picture, metadata={"Date": None, "Creator": None}
    )
    return 0


def draw(rows: Rows, machine: str) -> Any:
    """A figure with a panel for each run, and the machine below them."""
    runs = list(dict.fromkeys(row["run"] for row in rows))
    figure, panels = plt.subplots(
        1, len(runs), figsize=(4 * len(runs), 4.2), sharey=True, squeeze=False
    )
    for panel, run in zip(panels[0], runs, strict=True):
        _panel(panel, [row for row in rows if row["run"] == run])
        panel.set_title(run)
    panels[0][0].set_ylabel("seconds, with the start of the process")
    names = panels[0][0].get_legend_handles_labels()
    figure.legend(*names, loc="lower right", ncols=len(names[1]), fontsize="small")
    figure.text(0.01, 0.01, machine, fontsize="x-small")
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    return figure


def _panel(panel: Any, rows: Rows) -> None:
    for contender in dict.fromkeys(row["contender"] for row in rows):
        line = sorted((r["n_papers"], r["wall_s"]) for r in rows if r["contender"] == contender)
        ours = contender == "paperhouse"
        panel.plot(*zip(*line, strict=True), marker="o", lw=2.5 if ours else 1, label=contender)
    panel.set_xscale("log")
    panel.set_yscale("log")
    sizes = sorted({row["n_papers"] // 1000 * 1000 for row in rows})
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel("papers")
    panel.grid(visible=True, alpha=0.3)


if __name__ == "__main__":
    sys.exit(main())
