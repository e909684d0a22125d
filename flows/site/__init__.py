"""The documentation site: what is published, told in pages that need nothing but a browser."""
