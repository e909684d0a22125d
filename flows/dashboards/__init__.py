"""Dashboards as code: the one in `daily_papers.toml`, written for the tools that show it."""
