"""The sandboxes without a browser: their state is changed, their sentences are read.

These tests belong to the instructor's side: a sandbox turns a stub's error into a sentence, so in
a student's project they could not fail with the stub's own message.
"""
