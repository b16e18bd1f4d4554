"""What the judge looks at, one file a task: functions `probe_…(mt, rng)` of the package.

A probe uses public names only, returns plain data and holds no expected value: the same
probe runs on the reference and on a student's package, and the results are compared.
"""
