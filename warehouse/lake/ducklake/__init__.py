"""The lake of several machines: Parquet on object storage, its snapshots in a PostgreSQL catalog.

Both are kept by DuckLake, so that every engine that speaks it reads the same tables. Behind the
interface of `warehouse/lake/interface.py` it does what the local lake does; decision 25 says why.
"""
