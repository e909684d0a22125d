"""Runs: the steps of `tasks/` put together over the storage of `warehouse/`."""

import os

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Arrow reads this once, when it is imported. Its own allocator, as fast, keeps what a batch took:
200 MiB of it, until the process ends."""
