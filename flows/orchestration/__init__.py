"""What imports Prefect beside the flows: its server, deployments, artifacts and schedules."""
