"""A loopback server that answers like the digests' sites, from a folder of saved bodies.

It stands in for the internet in tests and in `make run`. It shares no code with the product, so
a misunderstanding of the sites on one side cannot hide behind the same one on the other.
"""
