"""The publication: one DuckDB file with every table and mart, built aside and swapped in whole."""
