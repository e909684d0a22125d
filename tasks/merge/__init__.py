"""From accepted records to rows, and from rows and what exists to what stands then."""
