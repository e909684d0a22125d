"""Three weeks of digests written for this project, and the generator that writes them."""
