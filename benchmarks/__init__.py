"""How long the package takes beside NumPy and PyTorch: the command, and what it found."""
