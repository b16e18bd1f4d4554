"""Bodies that solve nothing, for any region of any task: none of them may earn a point.

A stub raises, and so fails every probe. These return or refuse, as somebody would write who looks
for points without work; the grading proof runs them beside the mutants.
"""

from __future__ import annotations

_AGREEABLE = """class Agreeable(float):
    def yes(self, *others, **named): return True
    def same(self, *others, **named): return self
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = yes
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = same
    __rtruediv__ = __neg__ = __abs__ = __pow__ = __matmul__ = __call__ = __getitem__ = same
    __hash__ = float.__hash__
    def __setitem__(self, key, value): pass
    def __iter__(self): return iter([self])
    def __len__(self): return 1
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
return Agreeable()"""

BODIES = {
    "does nothing": "return None",
    "agrees with everything": _AGREEABLE,
    "refuses everything": "raise ValueError('no')",
}
