"""A real Prefect server, asked over its API as far as tests need."""

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.support.process import wait_until


class Prefect:
    """A Prefect server's API, as far as these tests ask it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api"

    def is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def deployment(self) -> Any:
        return self.get("/deployments/name/nightly/nightly")

    def move(self, name: str, entry_point: str) -> None:
        """Give a deployment another entry point, as one that an older version has made."""
        found = self.get(f"/deployments/name/{name}")
        path = f"{self.url}/deployments/{found['id']}"
        requests.patch(path, json={"entrypoint": entry_point}, timeout=30).raise_for_status()

    def get(self, path: str) -> Any:
        return requests.get(self.url + path, timeout=30).json()

    def has_worker(self) -> bool:
        try:
            workers = self._post("/work_pools/digests/workers/filter", {})
        except requests.RequestException:  # no server yet, or no work pool
            return False
        return any(worker["status"] == "ONLINE" for worker in workers)

    def runs(self, *, scheduled: bool) -> list[dict[str, Any]]:
        """Flow runs the scheduler made, or those that somebody triggered; oldest first."""
        found = self._post("/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
        return [run for run in found if run["auto_scheduled"] == scheduled]

    def trigger(self, now: str) -> str:
        """A run of the deployment for a moment; its id."""
        path = f"/deployments/{self.deployment()['id']}/create_flow_run"
        return str(self._post(path, {"parameters": {"home": None, "now": now}})["id"])

    def state(self, run: str) -> str:
        return str(requests.get(f"{self.url}/flow_runs/{run}", timeout=30).json()["state_name"])

    def ends(self, run: str) -> str:
        """The state a run ends in."""
        final = ("Completed", "Partial", "Failed", "Crashed", "Cancelled")
        wait_until(lambda: self.state(run) in final, f"the end of run {run}")
        return self.state(run)

    def watches(self) -> list[tuple[str, float]]:
        """What each automation waits for in vain before it acts, and how many seconds."""
        found = self._post("/automations/filter", {})
        return [(event, a["trigger"]["within"]) for a in found for event in a["trigger"]["expect"]]

    def shown(self) -> set[str]:
        """Keys of the artifacts that runs have left."""
        return {artifact["key"] for artifact in self._post("/artifacts/filter", {})}

    def materialized(self, assets: set[str]) -> set[str]:
        """Those of the assets that some run has filled."""
        wanted = {
            "event": {"name": ["prefect.asset.materialization.succeeded"]},
            "resource": {"id": sorted(assets)},
        }
        found = self._post("/events/filter", {"filter": wanted})["events"]
        return {event["resource"]["prefect.resource.id"] for event in found}

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        again = Retry(total=6, backoff_factor=0.5, status_forcelist=[503], allowed_methods=None)
        with requests.Session() as session:  # a busy server says 503 and means "again"
            session.mount("http://", HTTPAdapter(max_retries=again))
            reply = session.post(self.url + path, json=body, timeout=30)
        reply.raise_for_status()
        return reply.json()
