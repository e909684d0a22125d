"""Runs: they apply the steps of `tasks/` to the storage in `warehouse/`."""

import os

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
"""Read by Arrow when it is imported. Arrow's own allocator is no faster, and does not return the
memory of a batch, 200 MiB, before the process ends."""
