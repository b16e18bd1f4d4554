"""The one door to the course's machinery: `python -m grading VERB`."""

from __future__ import annotations

import importlib
import sys

# What each verb does, and the module whose `main` does it. Only that one is loaded.
VERBS = {
    "course": ("the main job: package, release, graded examples, a model", "project.make_course"),
    "release": ("build the student's project, in course/student", "release.build"),
    "lite": ("build the course in a browser tab, in course/lite", "lite.build"),
    "leaks": ("look for solutions in a release", "release.leaks"),
    "tracebacks": ("take the lines of solutions out of stored errors", "release.tracebacks"),
    "journey": ("walk the student's way through a release, a task at a time", "release.journey"),
    "collect": ("lay out what a platform, a folder or Git gives", "collect.collect"),
    "grade": ("grade what lies in course/submitted", "gradebook.grade"),
    "export-grades": ("points and feedback for a learning platform", "gradebook.platforms"),
    "worker": ("judge pairs for a Dask scheduler, on this machine", "schedule.worker"),
    "similar": ("show which answers to a task share more than most", "gradebook.similar"),
    "proof": ("prove that the grading can fail and be passed", "judge.proof"),
    "practice": ("what released probes give, for students at home", "judge.practice"),
    "mistakes": ("say what each mistake is told at home, and costs", "judge.mistakes"),
    "attacks": ("try what clever submissions do, and write the table", "project.attacks"),
    "versions": ("try the oldest and the newest NumPy and Numba", "project.versions"),
    "notebooks": (
        "check the notebooks: export, clean, folds, run; and fold them",
        "project.notebooks",
    ),
    "check": (
        "everything that CI checks; `quick` and `proof` are smaller and larger",
        "project.check",
    ),
    "site": ("check a rendered site, whatever folder it lies in", "site.rendered"),
    "where": ("say where a thing of the package is made and tested", "project.where"),
}


def usage() -> str:
    """List the verbs."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}} {does}" for verb, (does, _) in VERBS.items()]
    return "\n".join(
        ["usage: python -m grading VERB [-h] …", "", *lines, "", "VERB -h says more about one."]
    )


def main() -> None:
    """Do what the first word of the command line says."""
    verb, *rest = sys.argv[1:] or ["--help"]
    if verb in ("-h", "--help"):
        print(usage())
        return
    if verb not in VERBS:
        sys.exit(f"There is no verb {verb!r}.\n{usage()}")
    _, module = VERBS[verb]
    sys.argv = [f"python -m grading {verb}", *rest]
    importlib.import_module(f"grading.{module}").main()


if __name__ == "__main__":
    main()
