"""The instructor's side: release, judge, proof, reports. Nothing of it reaches a student."""
