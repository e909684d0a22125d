"""The types that bodies are parsed into, and the parsing helpers that all sources share."""
