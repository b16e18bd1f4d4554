"""Where pairs of a submission and a task are judged, and how far a class has come."""
