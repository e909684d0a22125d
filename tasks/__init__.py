"""The steps of a run as plain functions on typed values. They write no files."""
