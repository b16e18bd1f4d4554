"""What a learning platform, a folder or Git gives out, and who is in the course."""
