"""The digest by mail: chosen for each subscriber from the marts, written, and sent once."""
