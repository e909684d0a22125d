"""The steps of a run as pure functions on typed values: no Prefect, no files of ours."""
