"""The package on the oldest NumPy and Numba that settings.ini allows, and on the newest there are.

Each pair gets an environment of its own, filled from the package index. In it, all three modules of
tensors compute, on SimpleOps, on FastOps and on CUDA's simulator.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from configparser import ConfigParser
from pathlib import Path

from grading.paths import ROOT

TRIAL = """
import sys

import numba
import numpy as np

import minitorch
from minitorch.kernels.simulator import gpu_or_simulator

gpu_or_simulator()
for ops in (minitorch.SimpleOps, minitorch.FastOps, minitorch.CudaOps):
    backend = minitorch.TensorBackend(ops)
    x = minitorch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], backend, requires_grad=True)
    w = minitorch.tensor(np.ones((3, 2), np.float64), backend, requires_grad=True)
    y = (x @ w).relu().sum(0, keepdim=False) + x[x > 2.0].mean() + x.tanh().sum()
    (y * minitorch.tensor([1.0, 2.0], backend)).sum().backward()
    np.testing.assert_allclose(w.grad.to_numpy(), [[5.0, 10.0], [7.0, 14.0], [9.0, 18.0]])
    single = minitorch.tensor(np.ones((2, 2), np.float32), backend)
    assert (single @ single).dtype == np.float32
s = minitorch.Scalar(2.0)
(s * s + s.log()).backward()
print("Python", sys.version.split()[0], "NumPy", np.__version__, "Numba", numba.__version__)
"""


def lower_bounds(requirements: str) -> list[str]:
    """Turn lower bounds into the oldest versions: `numpy>=2.0` becomes `numpy==2.0.*`."""
    oldest = [re.sub(r">=\s*([\d.]+)$", r"==\1.*", each) for each in requirements.split()]
    unbound = [each for each in oldest if "==" not in each]
    if unbound:
        raise ValueError(f"settings.ini gives {', '.join(unbound)} no lower bound: name>=version.")
    return oldest


def requirements() -> str:
    """Return what the bare package needs, from settings.ini."""
    settings = ConfigParser(interpolation=None)
    settings.read(ROOT / "settings.ini", encoding="utf-8")
    return settings["DEFAULT"]["requirements"]


def try_pair(wanted: list[str], folder: Path) -> str:
    """Compute with some versions in a new environment.

    Args:
        wanted: Requirements, as pip reads them.
        folder: Where the environment is made.

    Returns:
        The versions, in a line.

    Raises:
        RuntimeError: If the versions can't be had, or the package doesn't compute with them.

    """
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder / "cache")}
    said = ""
    for step, command in {
        "no environment could be made": [sys.executable, "-m", "venv", str(folder)],
        "they can't be installed": [*install, "--only-binary", ":all:", *wanted],
        "the package doesn't compute": [str(python), "-W", "error::RuntimeWarning", "-c", TRIAL],
    }.items():
        done = subprocess.run(
            command, cwd=folder.parent, env=env, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            raise RuntimeError(f"With {' '.join(wanted)} {step}:\n{done.stdout}{done.stderr}")
        said = done.stdout.strip()
    return said


def main() -> None:
    """Try both pairs, and end with a line for each."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    wanted = requirements()
    with tempfile.TemporaryDirectory() as folder:
        for name, pair in (("oldest", lower_bounds(wanted)), ("newest", wanted.split())):
            try:
                print(f"{name}: {try_pair(pair, Path(folder) / name)}", flush=True)
            except RuntimeError as error:
                sys.exit(f"{name}: {error}")


if __name__ == "__main__":
    main()
