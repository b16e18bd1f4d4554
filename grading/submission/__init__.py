"""What comes back: found, read, and put into a fresh copy of the release."""
