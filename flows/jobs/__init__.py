"""One job from start to end, without Prefect."""
