"""The notebook filter of the instructor's site: as `site_filter`, but the solutions stay."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grading.site_filter import main  # noqa: E402

if __name__ == "__main__":
    main(solutions=True)
