"""What the reference promises beyond what a student's solution must do.

These tests stay with the instructor: they look at several tasks at once, run programs of their own
or open sandboxes, which turn a stub's error into a sentence. In a release every failing test fails
by the message of the stub that it needs.
"""
