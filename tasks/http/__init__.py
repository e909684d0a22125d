"""Asking a source over HTTP: bounded, polite, and only where it may be asked."""
