"""What bodies are read into, and the readers that every source shares."""
