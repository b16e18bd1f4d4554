"""What the reference of the closures guide promises beyond what a student's solution must do."""

from __future__ import annotations

import pytest

from minitorch.closures import Variable, clip_gradients, mean, power


def test_errors_say_what_happened_and_what_to_do() -> None:
    x = Variable([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"exp\(exponent \* log\(base\)\)"):
        power(x, x)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'seven'"):
        Variable("seven")
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        (x * 2).backward([1.0, 2.0])
    with pytest.raises(ValueError, match="positive"):
        clip_gradients([], -1.0)
    with pytest.raises(ValueError, match="at least one"):
        mean([])
