"""A setting is what it says, or an error that names it; none is ignored silently."""

from datetime import date
from pathlib import Path

import pytest

from flows.settings import BadSettings, Settings, load_settings
from tasks.completeness import AS_SOURCES_SAY, Thresholds
from tests.support.told import in_words, untold


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in which `paperhouse.toml` may lie."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "paperhouse.toml").write_text(text, encoding="utf-8")


def test_without_a_file_or_variables_the_defaults_hold(folder: Path) -> None:
    settings = load_settings()
    assert settings.home == Path("data")
    assert settings.look_back_days == 14
    assert settings.source("huggingface").enabled


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_file_sets_and_a_variable_wins_over_it_and_an_override_over_both(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, 'home = "from-file"\nlook_back_days = 7\nmax_tries = 2\n')
    monkeypatch.setenv("PAPERHOUSE_HOME", "from-variable")
    monkeypatch.setenv("PAPERHOUSE_LOOK_BACK_DAYS", "8")
    settings = load_settings(look_back_days=9, home=None)
    assert (settings.home, settings.look_back_days) == (Path("from-variable"), 9)
    assert settings.max_tries == 2


def test_file_and_variables_may_each_set_a_part_of_a_source(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "[sources.huggingface]\nsince = 2026-01-05\nenabled = false\n")
    monkeypatch.setenv("PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL", "http://127.0.0.1:8000")
    source = load_settings().source("huggingface")
    assert (source.since, source.enabled) == (date(2026, 1, 5), False)
    assert source.base_url == "http://127.0.0.1:8000/"


def test_what_an_operator_expects_of_a_source_is_said_by_source_and_edition(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().expectations() == AS_SOURCES_SAY
    write(folder, "look_back_days = 9\n[sources.huggingface]\nfewest_records = {weekly = 50}\n")
    monkeypatch.setenv("PAPERHOUSE_SOURCES__HUGGINGFACE__FEWEST_RECORDS__DAILY", "6")
    monkeypatch.setenv("PAPERHOUSE_SOURCES__ARXIV__EMPTY_IN_A_ROW", "5")
    wanted = load_settings().expectations()
    assert wanted.look_back_days == 9
    assert wanted.of("huggingface") == Thresholds({"weekly": 50, "daily": 6})
    assert wanted.of("arxiv") == Thresholds(empty_in_a_row=5)
    assert wanted.of("mailbox") == Thresholds()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("hme = 'x'\n", ("hme", "Extra inputs")),
        ("look_back_days = 0\n", ("look_back_days", "1")),
        ("look_back_days = 'many'\n", ("look_back_days", "integer")),
        ("max_wait_s = 1e9\n", ("max_wait_s", "3600")),
        (
            "[sources.huggingface]\nbase_uri = 'x'\n",
            ("sources.huggingface.base_uri", "Extra inputs"),
        ),
        ("[sources.huggingface]\nbase_url = 'x'\n", ("sources.huggingface.base_url",)),
        ("[sources.huggingface]\nsince = 'soon'\n", ("sources.huggingface.since",)),
        ("[sources.huggingface]\neditions = ['dayly']\n", ("'dayly'", "every night")),
        (
            "[sources.huggingface.fewest_records]\ndayly = 5\n",
            ("sources.huggingface.fewest_records", "'dayly'"),
        ),
        (
            "[sources.huggingface.fewest_records]\ndaily = -1\n",
            ("sources.huggingface.fewest_records.daily", "0"),
        ),
        ("[sources.huggingface]\nleast_share = 25\n", ("sources.huggingface.least_share", "1")),
        ("[sources.arxiv]\nempty_in_a_row = 0\n", ("sources.arxiv.empty_in_a_row", "1")),
        ("[sources.hugingface]\nenabled = false\n", ("no source", "hugingface")),
        ("home = [", ("paperhouse.toml", "TOML")),
    ],
    ids=in_words,
)
def test_what_the_file_may_not_say_is_an_error_that_names_it(
    folder: Path, text: str, complaint: tuple[str, ...]
) -> None:
    write(folder, text)
    with pytest.raises(BadSettings) as error:
        load_settings()
    assert untold(error.value, *complaint) == []
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_text_is_an_error(folder: Path) -> None:
    (folder / "paperhouse.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match=r"paperhouse.toml cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        (
            "PAPERHOUSE_HMOE",
            "x",
            ("no setting", "PAPERHOUSE_HMOE", "PAPERHOUSE_HOME"),
        ),
        ("PAPERHOUSE_HOME__SUB", "x", ("no setting", "PAPERHOUSE_HOME__SUB")),
        ("PAPERHOUSE_MAX_TRIES", "0", ("max_tries", "1")),
        ("PAPERHOUSE_MAX_TRIES", "", ("max_tries", "integer")),
        ("PAPERHOUSE_SOURCES", "{", ("PAPERHOUSE_…", "error parsing")),
        ("PAPERHOUSE_SOURCES__HUGGINGFACE__ENABLD", "no", ("sources.huggingface.enabld", "Extra")),
        (
            "PAPERHOUSE_SOURCES__ARXIVE__ENABLED",
            "no",
            ("no source", "arxive", "arxiv", "huggingface"),
        ),
    ],
    ids=in_words,
)
def test_what_a_variable_may_not_say_is_an_error_that_names_it(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    complaint: tuple[str, ...],
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as error:
        load_settings()
    assert untold(error.value, *complaint) == []
    assert "\n" not in str(error.value)


def test_a_variable_of_somebody_else_is_none_of_our_business(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERHOUSEKEEPING", "x")
    monkeypatch.setenv("HOME_OF_PAPERHOUSE_", "x")
    assert load_settings().home == Path("data")
