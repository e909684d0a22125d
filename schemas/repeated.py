"""Which text repeats: files keep it as a dictionary, and other text as it is."""

REPEATED = frozenset(
    {
        *("source", "sources", "edition", "witness", "resolved_by", "state", "listing_type"),
        *("issue_id", "issue_month", "paper_month", "observed_month"),
        *("run_id", "payload_sha256", "parser_version", "extractor_version"),
        *("found_in", "kind", "method", "pattern", "area", "topic", "evidence"),
        *("metric", "direction", "qualifier", "unit", "baseline"),
        *("code", "code_state", "host", "role", "status", "submitter", "query"),
    }
)
"""Text columns with few values, or with the same value in many rows beside each other."""
