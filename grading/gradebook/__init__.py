"""Points stored, feedback written: nbgrader, and what stands around it."""
