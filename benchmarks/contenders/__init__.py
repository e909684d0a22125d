"""What else could load the digests: each a script of its own, run as `python -m` with a folder of
API bodies and a folder to load into. Each prints the number of rows of every table as JSON.

None of them validates, quarantines, keeps the raw bytes, history or lineage, or publishes a file
that readers keep open: they are the least somebody would write for the same five tables.
"""
