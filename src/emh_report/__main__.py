"""``python -m emh_report`` is ``emh-report``."""

import sys

from emh_report.cli import main

if __name__ == "__main__":
    sys.exit(main())
