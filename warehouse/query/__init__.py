"""Reading the publication: read-only SQL, and search."""
