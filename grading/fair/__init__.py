"""Right solutions that nobody thought of: what a correct student might write, in other styles.

A module `grading/fair/<task>.py` holds `SOLUTIONS`, a dictionary of bodies by name of the style
and by region, as mutants name it (`operators.relu`). Regions that aren't named keep the
reference's. Three keys are no regions: `"beside"` holds code that stands in front of the first
changed cell's own, such as a helper function; `"imports"` is put into the guide's given cell
`imports`; `"instead"` lists changes around the regions: a cell's id, what stood there, what stands
there now. Each solution must earn all points (`grading/tests/test_fair.py`); a point lost is a
fault of a probe, a check, a tolerance or a task's text.
"""
