"""Programs to start and look at."""
