"""The lake: Parquet in immutable snapshots, and the transactions that make them."""
