"""What a student's work is worth, decided outside the process that ran it."""
