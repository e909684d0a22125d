"""Where data rests: landing, lake, publication and ledger. Only this room writes files."""
