"""What was written as a property test of max, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake


def _test(*lines: str, given: str = "small_matrices", arguments: str = "x") -> str:
    body = "\n".join(f"    {line}" for line in lines)
    decorator = f"@given({given})\n" if given else ""
    return f"{decorator}def test_max({arguments}) -> None:\n{body}"


_T = "property_tests.test_max"
_RESULT = (
    "for dim in (0, 1):",
    "    out = minitorch.max(x, dim)",
    "    assert (x <= out).all()",
    "    assert (x == out).any(dim).all()",
)

MISTAKES = [
    Mistake(
        "the result alone",
        _T,
        _test(*_RESULT),
        told=r"lets a wrong max pass: it gives each of several equal cells the whole gradient",
    ),
    Mistake(
        "no cell is larger",
        _T,
        _test("for dim in (0, 1):", "    assert (x <= minitorch.max(x, dim)).all()"),
        told=r"lets a wrong max pass: it",
    ),
    Mistake(
        "grad_check alone",
        _T,
        _test("minitorch.grad_check(lambda t: minitorch.max(t, 1), x.clamp(-3.0, 3.0).detach())"),
        told=r"lets a wrong max pass: it",
    ),
    Mistake(
        "one dimension",
        _T,
        _test(
            "out = minitorch.max(x, 1)",
            "assert (x <= out).all() and (x == out).any(1).all()",
            "x.zero_grad_()",
            "d = minitorch.arange(1.0, out.size + 1.0).view(*out.shape)",
            "out.backward(d)",
            "hot = x == out",
            "assert x.grad.is_close(d * hot / hot.sum(1)).all()",
        ),
        told=r"lets a wrong max pass: it is right along rows only",
    ),
    Mistake(
        "the gradient starts from ones",
        _T,
        _test(
            *_RESULT,
            "    x.zero_grad_()",
            "    out.sum().backward()",
            "    hot = x == out",
            "    assert x.grad.is_close(hot / hot.sum(dim)).all()",
        ),
        told=r"lets a wrong max pass: it forgets the gradient",
    ),
    Mistake(
        "ties forgotten",
        _T,
        _test(
            *_RESULT,
            "    x.zero_grad_()",
            "    out.sum().backward()",
            "    assert (x.grad == (x == out)).all()",
        ),
        told=r"test_max fails on a right max",
    ),
    Mistake(
        "without @given",
        _T,
        _test("assert x is not None", given=""),
        told=r"test_max can't be called.*@given\(small_matrices\)",
    ),
    Mistake(
        "nothing asserted",
        _T,
        _test("minitorch.max(x, 0)"),
        told=r"lets a wrong max pass: it is right along rows only",
    ),
    Mistake(
        "gradients never forgotten",
        _T,
        _test(
            "for dim in (0, 1):",
            "    out = minitorch.max(x, dim)",
            "    out.sum().backward()",
            "    hot = x == out",
            "    assert x.grad.is_close(hot / hot.sum(dim)).all()",
        ),
        told=r"test_max fails on a right max",
    ),
]
