"""The extractors: each pattern and each pitfall, in words written for the test."""
