"""Runs: the steps of `tasks/` put together over the storage of `warehouse/`."""
