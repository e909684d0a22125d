"""Where data is stored: landing, lake, publication, ledger. Only this package writes files."""
