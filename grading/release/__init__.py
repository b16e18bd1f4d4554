"""What students get: the course without its solutions, and the proof of that."""
