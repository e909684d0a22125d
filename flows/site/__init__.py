"""The documentation site: pages about what is published, for any browser."""
