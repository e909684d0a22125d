"""The pages people look at: the newest papers and all that is published, for any browser."""
