"""The state of the warehouse, its metrics, and alerts when something is wrong."""
