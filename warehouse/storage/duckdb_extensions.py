"""DuckDB's extensions, loaded from Python packages and never downloaded, so they work offline."""

from importlib import util
from pathlib import Path

import duckdb

from schemas.errors import PaperhouseError

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""Configuration of a connection that neither installs nor loads extensions by itself."""


class NoExtension(PaperhouseError):
    """An extension is not installed or cannot be loaded; the text says what to do."""


def extension_file(name: str) -> Path:
    """The file of an extension in its Python package. Raises `NoExtension` when it is not there."""
    package = util.find_spec(f"duckdb_extension_{name}")
    wanted = f"v{duckdb.__version__}/{name}.duckdb_extension"
    for folder in (package.submodule_search_locations or ()) if package else ():
        file = Path(folder) / "extensions" / wanted
        if file.exists():
            return file
    package_name = f"duckdb-extension-{name.replace('_', '-')}"
    raise NoExtension(
        f"DuckDB's extension {name} is not installed; install it with "
        f"`pip install {package_name}=={duckdb.__version__}`"
    )


def load_extension(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Load an extension, whose signature DuckDB verifies. Raises `NoExtension`."""
    try:
        connection.execute(f"LOAD {quoted(str(file))}")
    except duckdb.Error as error:
        reason = " ".join(str(error).split())
        raise NoExtension(f"{file} cannot be loaded: {reason}") from error


def quoted(text: str) -> str:
    """A text as an SQL literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"
