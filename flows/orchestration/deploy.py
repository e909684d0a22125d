"""What a Prefect server must know before a worker can fill a warehouse: one pool, the deployments.

All of it is said in `prefect.yaml`; saying it again changes nothing. There is no concurrency limit
beside those of the deployments: the writer lock of the home keeps two loads apart, whoever started
them, and a limit that is missing would pass in silence.
"""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from flows.orchestration.environment import prepare
from flows.orchestration.processes import run_to_end, stop_signals
from schemas.errors import PaperhouseError, UsageError

POOL = "digests"
PREFECT_FILE = Path(__file__).parents[2] / "prefect.yaml"


class NoDeployment(PaperhouseError):
    """There is no `prefect.yaml` where paperhouse is installed."""


class NoServer(UsageError):
    """Nothing says where the Prefect server is."""


def set_up(home: Path, say: Callable[[str], None]) -> None:
    """Make the pool and the deployments on the server that `PREFECT_API_URL` names.

    Raises `NoServer`, `NoDeployment` or `PrefectError`.
    """
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        raise NoServer(
            "PREFECT_API_URL is not set; name the server, as in "
            "PREFECT_API_URL=http://127.0.0.1:4200/api, or use `paperhouse serve`, which starts one"
        )
    prepare(home)
    environment = {**os.environ, "PAPERHOUSE_HOME": str(home.absolute())}
    with stop_signals() as stopping:
        deploy(url, environment, stopping, say)


def deploy(
    url: str,
    environment: Mapping[str, str],
    stopping: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Make the pool where it is missing and bring the deployments in line with `prefect.yaml`.

    `url` is the server's API. `say` gets a line for the pool and one for each deployment, which
    tells when its entry point has moved.
    """
    from flows.orchestration.client import (  # noqa: PLC0415 - imports prefect, which must be late
        entry_points,
        make_pool,
    )

    check_deployable()
    say(f"work pool {POOL} is {'made' if make_pool(url, POOL) else 'there'}")
    before = entry_points(url, POOL)
    run_to_end(["deploy", "--all", "--prefect-file", str(PREFECT_FILE)], environment, stopping)
    after = entry_points(url, POOL)
    for name, entry_point in sorted(after.items()):
        if name not in before:
            say(f"deployment {name} is made")
        elif before[name] == entry_point:
            say(f"deployment {name} is as prefect.yaml says")
        else:
            say(f"deployment {name}: entry point {before[name]} is now {entry_point}")


def check_deployable() -> None:
    """Raises `NoDeployment` where there is nothing to deploy from."""
    if not PREFECT_FILE.exists():
        raise NoDeployment(
            f"no {PREFECT_FILE.name} beside the installed package; deploying needs a checkout, "
            "installed with `make install` or `pip install -e .`"
        )
