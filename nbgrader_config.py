"""nbgrader from the project's root: its assignments are the guides, its work lies in `course/`."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from grading.gradebook import export, nbgrader_plugin, pages  # noqa: E402  (grading is found only now)
from grading.release import preprocessors  # noqa: E402  (grading is found only now)

c = get_config()  # noqa: F821  # type: ignore[name-defined]

# nbgrader starts other tools by name (alembic), also where the environment isn't activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# Where things are. The folders of the gradebook and of the exchange must exist before nbgrader
# opens them. On a server that students share, the exchange is a folder that all can write to.
(ROOT / "course" / "exchange").mkdir(parents=True, exist_ok=True)
c.Exchange.root = str(ROOT / "course" / "exchange")
c.CourseDirectory.course_id = "minitorch"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "nbs/guides"
c.CourseDirectory.release_directory = "course/release"
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'course' / 'gradebook.db'}"

# Release: stubs instead of solutions, diagrams kept, everything else gone.
c.GenerateAssignment.preprocessors = preprocessors.PREPROCESSORS
c.GenerateAssignment.post_convert_hook = preprocessors.remove_sidecars

# Autograde: the judge instead of executing notebooks; points, late penalties and the gradebook
# stay nbgrader's own.
c.Autograde.exporter_class = nbgrader_plugin.GraftingExporter
c.Autograde.sanitize_preprocessors = nbgrader_plugin.SANITIZE
c.Autograde.autograde_preprocessors = nbgrader_plugin.AUTOGRADE
c.GenerateFeedback.exporter_class = nbgrader_plugin.PageExporter
c.GenerateFeedback.preprocessors = nbgrader_plugin.FEEDBACK

# Formgrader's pages and feedback: nothing of a submission makes a browser ask for anything.
c.HTMLExporter.filters = {"markdown2html": pages.markdown}
c.HTMLExporter.preprocessors = [pages.Fence]

# Export: `Lovelace, Ada` is one column.
c.ExportApp.plugin_class = export.TableExport
