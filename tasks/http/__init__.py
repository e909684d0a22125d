"""HTTP requests to a source: bounded, polite, and only to allowed addresses."""
