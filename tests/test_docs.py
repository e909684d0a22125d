"""What the documents say of commands and settings is what there is."""

import re

import pytest
from pydantic import BaseModel
from typer.main import get_command

from flows.cli import add_commands, app
from flows.settings import Settings
from flows.settings.sections import (
    DigestSettings,
    FilterSettings,
    ImapSettings,
    SiteSettings,
    SmtpSettings,
    SourceSettings,
)
from tests.support.folders import ROOT

add_commands()


def _commands() -> list[str]:
    group = get_command(app)
    return sorted(group.commands)  # type: ignore[attr-defined]


def test_the_readme_shows_eight_commands_and_the_page_that_has_all() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `paperhouse ([a-z]+)", readme, re.MULTILINE)
    assert len(_commands()) > 10
    assert len(shown) == len(set(shown)) == 8
    assert "(docs/commands.md)" in readme


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/)?paperhouse ([a-z]+)", readme))
    assert named <= set(_commands())


@pytest.mark.parametrize(
    "settings",
    [
        Settings,
        SourceSettings,
        ImapSettings,
        SiteSettings,
        FilterSettings,
        DigestSettings,
        SmtpSettings,
    ],
    ids=lambda model: model.__name__,
)
def test_every_setting_is_documented_with_its_meaning(
    settings: type[BaseModel],
) -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in settings.model_fields.items():
        if name in ("sources", "imap", "site", "filters", "digest", "smtp"):
            continue
        assert field.description, name
        assert f"{name}` |" in page, name
        assert field.description in page, name


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_path_that_a_page_about_the_code_names_exists() -> None:
    named = re.compile(r"`((?:flows|tasks|schemas|warehouse|tests|docs|benchmarks)/[\w./-]*)`")
    for name in ("architecture.md", "development.md"):
        paths = named.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
        assert len(paths) > 10, name
        assert [path for path in paths if not (ROOT / path).exists()] == [], name
