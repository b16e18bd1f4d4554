"""Where students' code runs: bubblewrap, limits, an ordinary user."""
