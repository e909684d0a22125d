"""Reading what is published: SQL that cannot write, and search."""
