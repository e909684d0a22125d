"""What is asked of a Prefect server, through Prefect's own client.

Importing this imports Prefect, which reads its environment then: `environment.prepare` comes first.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas import filters
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker

from flows.orchestration.processes import PrefectError

_UNDER_WAY = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_FAULTS = (httpx.HTTPError, httpx.InvalidURL, PrefectException, ValueError)
"""ValueError: an answer that is not JSON, or is not what this version of Prefect expects."""


@contextmanager
def api_client(url: str) -> Iterator[SyncPrefectClient]:
    """A client of the API at `url`, whatever server the environment names.

    It asks again when a server that is busy with its database says 503. Raises `PrefectError` when
    the server cannot be reached or does not do what it is asked.
    """
    try:
        with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
            yield client
    except _FAULTS as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise PrefectError(f"the Prefect server does not do its work: {words[:400]}") from error


def make_pool(url: str, pool: str) -> bool:
    """Make a pool of processes unless it is there; gives whether it was made."""
    with api_client(url) as client:
        if client.read_work_pools(work_pool_filter=_named(pool)):
            return False
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(
            WorkPoolCreate(name=pool, type=ProcessWorker.type, base_job_template=template)
        )
    return True


def entry_points(url: str, pool: str) -> dict[str, str | None]:
    """The entry points of a pool's deployments, by `flow/deployment`."""
    with api_client(url) as client:
        flows = {flow.id: flow.name for flow in client.read_flows(work_pool_filter=_named(pool))}
        found = client.read_deployments(work_pool_filter=_named(pool))
    return {f"{flows[one.flow_id]}/{one.name}": one.entrypoint for one in found}


def crash_runs(url: str, pool: str, message: str) -> None:
    """Set every run of a pool that claims to be under way to `Crashed`, which frees its slot."""
    types = filters.FlowRunFilterStateType(any_=_UNDER_WAY)
    under_way = filters.FlowRunFilter(state=filters.FlowRunFilterState(type=types))
    with api_client(url) as client:
        for run in client.read_flow_runs(flow_run_filter=under_way, work_pool_filter=_named(pool)):
            client.set_flow_run_state(run.id, Crashed(message=message))


def _named(pool: str) -> filters.WorkPoolFilter:
    return filters.WorkPoolFilter(name=filters.WorkPoolFilterName(any_=[pool]))
