"""Real papers labelled by hand, and how well the extractors do on them."""
