"""Where data rests: landing, lake, publication and ledger. No other room writes or renames files."""
