"""The steps of a run as plain functions on typed values. No Prefect here, and no writing of files."""
