"""The structure that docs/architecture.md promises, read off the imports.

Prevents the circle that nobody meant: a step that knows the step after it can no longer be run,
tested or replaced by itself.
"""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tasks.sources import sources
from tests.support.folders import ROOT

ROOMS = ("flows", "tasks", "schemas", "warehouse")

ORDER = {
    "flows": (
        "cli",
        "nightly backfill maintenance heartbeat digest_mail",
        "jobs orchestration digest",
        "site dashboards",
        "monitoring",
        "pipeline",
        "settings",
    ),
    "tasks": (
        "calendar completeness coverage freshness change_detection detect_format quality",
        "merge http derive",
        "sources",
        "parse",
        "errors",
    ),
    "warehouse": (
        "query",
        "publication",
        "lake",
        "requests",
        "storage ledger subscriber subscribers mails",
    ),
}
"""The packages and modules right below a room: each may import those in lines below its own, and
nothing in lines above. Those that share a line may import each other one way."""

Imports = dict[str, set[str]]
"""The modules each module imports, by full name."""


def imports() -> Imports:
    """What every module of the project imports of it, also inside functions."""
    paths = {_name(path): path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}
    return {name: set(_imported(path, set(paths))) - {name} for name, path in paths.items()}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path, known: set[str]) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in inside if name in known]
            found += modules if len(modules) == len(inside) else [node.module, *modules]
    return [name for name in found if name in known]


@pytest.fixture(scope="module")
def graph() -> Imports:
    return imports()


def grouped(graph: Imports, depth: int) -> Imports:
    """The same between packages: names cut to so many parts."""
    found: Imports = {}
    for name, targets in graph.items():
        short = ".".join(name.split(".")[:depth])
        cut = {".".join(target.split(".")[:depth]) for target in targets}
        found.setdefault(short, set()).update(cut - {short})
    return found


@pytest.mark.parametrize("depth", [1, 2, 3, 9], ids=["rooms", "packages", "folders", "modules"])
def test_no_import_leads_back_to_where_it_came_from(graph: Imports, depth: int) -> None:
    whole = grouped(graph, depth)
    if depth == 2:
        whole = {name: targets - {"flows", "tasks", "warehouse"} for name, targets in whole.items()}
    TopologicalSorter(whole).prepare()  # raises CycleError and names the circle


def test_rooms_import_only_rooms_below_them(graph: Imports) -> None:
    allowed = {
        "flows": {"tasks", "warehouse", "schemas"},
        "tasks": {"schemas"},
        "warehouse": {"schemas"},
        "schemas": set(),
    }
    assert {room: targets - allowed[room] for room, targets in grouped(graph, 1).items()} == {
        room: set() for room in ROOMS
    }


@pytest.mark.parametrize("room", ORDER)
def test_packages_import_only_packages_below_them(graph: Imports, room: str) -> None:
    levels = {
        f"{room}.{name}": level for level, names in enumerate(ORDER[room]) for name in names.split()
    }
    inside = {
        name: {target for target in targets if target.startswith(f"{room}.")}
        for name, targets in grouped(graph, 2).items()
        if name.startswith(f"{room}.")
    }
    assert inside.keys() == levels.keys(), "a package has no place in ORDER, or is gone"
    upward = [
        f"{name} imports {target}"
        for name, targets in inside.items()
        for target in targets
        if levels[target] < levels[name]
    ]
    assert upward == []


def test_only_the_lake_knows_that_a_lake_may_be_shared(graph: Imports) -> None:
    inside = "warehouse.lake.ducklake"
    outside = [
        name
        for name, targets in graph.items()
        if not name.startswith("warehouse.lake") and any(t.startswith(inside) for t in targets)
    ]
    assert outside == []


def test_prefect_is_imported_by_flows_and_their_orchestration_alone() -> None:
    found = {
        _name(path)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if _imports_package(path, "prefect")
    }
    allowed = ("flows.orchestration", "flows.nightly", "flows.backfill", "flows.maintenance")
    others = ("flows.heartbeat", "flows.digest_mail")
    assert [name for name in found if not name.startswith((*allowed, *others))] == []


def _imports_package(path: Path, package: str) -> bool:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    modules = [
        name
        for node in tree
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return any(name.partition(".")[0] == package for name in modules)


@pytest.mark.parametrize("name", sorted(sources()))
def test_every_source_has_the_same_files(name: str) -> None:
    source = ROOT / "tasks" / "sources" / name
    names = {path.stem for path in source.glob("*.py")}
    assert {"__init__", "issues"} <= names
    assert any(name.startswith("parse_") for name in names)
    fetched = "request=request" in (source / "__init__.py").read_text(encoding="utf-8")
    assert ("requests" in names) == fetched


def test_no_test_module_imports_from_another() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {node.module}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and (".test_" in node.module or node.module.endswith("conftest"))
    ]
    assert found == []
