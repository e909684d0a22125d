"""Fetch one issue from an address and say how it ended and at what cost of memory:
`python -m tests.bomb http://127.0.0.1:8000 huggingface:daily:2026-11-06`.

It is a process of its own so that what it prints is the fetching's memory and nobody else's.
"""

import json
import resource
import sys

from tasks.errors import FetchError
from tasks.fetch import Attempt, Fetcher, Policy, open_session
from tasks.model import IssueRef
from tasks.sources import source_of


def main() -> int:
    """One line of JSON: the error's type and words, the requests made, megabytes at most."""
    base_url, issue_id = sys.argv[1:]
    issue, policy = IssueRef.parse(issue_id), Policy("paperhouse-test/1")
    attempts: list[Attempt] = []
    said = ["nothing", ""]
    with open_session(policy) as session:
        fetcher = Fetcher(source_of(issue), base_url, policy, session, attempts.append)
        try:
            fetcher.fetch(issue)
        except FetchError as error:
            said = [type(error).__name__, str(error)]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"error": said[0], "words": said[1], "requests": len(attempts), "megabytes": megabytes}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
