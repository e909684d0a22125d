"""Accepted records become rows, and incoming rows are merged with the existing ones."""
