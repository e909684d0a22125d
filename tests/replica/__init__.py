"""A loopback server that answers like the digests' sites, from a folder of saved bodies.

`site.py` has the routes of huggingface.co, `paths.py` serves any other path from a list of files,
`faults.py` makes either go wrong by a script, and every request is logged.

It stands in for the internet in tests and in `make run`. It shares no code with the product, so
a misunderstanding of the sites on one side cannot hide behind the same one on the other.
"""
