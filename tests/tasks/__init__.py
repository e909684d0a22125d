"""Tests of the steps: pure functions, real bodies, a real server on loopback."""
