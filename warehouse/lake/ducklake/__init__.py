"""The lake of several machines: Parquet on object storage, its snapshots in a PostgreSQL catalog.

DuckLake stores both, so every engine that supports it can read the tables. It has the interface of
`warehouse/lake/interface.py` like the local lake; decision 25 says why there are two.
"""
