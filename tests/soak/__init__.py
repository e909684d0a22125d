"""Long runs that look for faults; each is started with `python -m tests.soak.<name>`."""
