"""What a Prefect server must know before a worker can fill a warehouse: one pool, the deployments.

All of it is said in `prefect.yaml`; saying it again changes nothing. There is no concurrency limit
beside those of the deployments: the writer lock of the home keeps two loads apart, whoever started
them, and a limit that is missing would pass in silence.
"""

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.orchestration.environment import prepare
from flows.orchestration.processes import PrefectError, run_to_end, stop_signals
from schemas.errors import PaperhouseError, UsageError

POOL = "digests"
PREFECT_FILE = Path(__file__).parents[2] / "prefect.yaml"
ANSWER_TIMEOUT_S = 30


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

    `url` is the server's API. `say` gets a line for the pool and one for the deployments.
    """
    check_deployable()
    known = [pool["name"] for pool in ask(f"{url}/work_pools/filter", {})]
    if POOL in known:
        say(f"work pool {POOL} is there")
    else:
        run_to_end(["work-pool", "create", POOL, "--type", "process"], environment, stopping)
        say(f"work pool {POOL} is made")
    before = _deployments(url)
    run_to_end(["deploy", "--all", "--prefect-file", str(PREFECT_FILE)], environment, stopping)
    for name in sorted(_deployments(url)):
        say(f"deployment {name} is {'as prefect.yaml says' if name in before else 'made'}")


def check_deployable() -> None:
    """Raises `NoDeployment` where there is nothing to deploy from."""
    if not PREFECT_FILE.exists():
        raise NoDeployment(
            f"no {PREFECT_FILE.name} beside the installed package; deploying needs a checkout, "
            "installed with `make install` or `pip install -e .`"
        )


def _deployments(url: str) -> set[str]:
    """Names of the pool's deployments."""
    wanted = {"work_pools": {"name": {"any_": [POOL]}}}
    return {found["name"] for found in ask(f"{url}/deployments/filter", wanted)}


def ask(url: str, body: Mapping[str, Any]) -> Any:
    """What the server answers to a POST.

    A server that is busy with its database says 503 and means "again", as Prefect's own client
    takes it.
    """
    again = Retry(total=6, backoff_factor=0.5, status_forcelist=[503], allowed_methods=None)
    try:
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=again))
            reply = session.post(url, json=body, timeout=ANSWER_TIMEOUT_S)
        reply.raise_for_status()
    except requests.RequestException as error:
        raise PrefectError(f"the Prefect server does not do its work: {error}") from error
    return reply.json()
