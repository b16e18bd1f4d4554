"""What is taught: solution regions, tasks, guides, read from the notebooks."""
