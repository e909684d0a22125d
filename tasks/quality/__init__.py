"""What keeps bad records and bad issues out, and what notices that a digest changed."""
