"""How the warehouse stands, and telling people when it does not stand well."""
