"""Failing rows and pass rate of the phenomenon tables: ``python tests/phenomena_report.py [TABLE...]``.

A developer's view of what test_phenomena.py asserts; an argument selects the tables whose name contains it.
Where the project is not installed, put src on PYTHONPATH.
"""

from __future__ import annotations

import sys
import traceback

from emh_report.extract import extract
from phenomena_rows import Row, RowError, read_rows, tables


def main(wanted: list[str]) -> int:
    """Print the report; 1 if a row fails."""
    summary: list[str] = []
    failing: list[str] = []
    passed = total = 0
    for table in tables():
        if wanted and not any(word in table.name for word in wanted):
            continue
        rows = read_rows(table)
        bad = [line for row in rows if (line := fault(row))]
        failing += bad
        passed, total = passed + len(rows) - len(bad), total + len(rows)
        summary.append(f"{len(rows) - len(bad):4d} / {len(rows):3d}  {table.stem}")
    print("\n\n".join(failing))
    print("\n" + "\n".join(summary))
    print(f"{passed:4d} / {total:3d}  all tables")
    return int(passed < total)


def fault(row: Row | RowError) -> str:
    """What is wrong with a row, or nothing."""
    if isinstance(row, RowError):
        return f"MALFORMED {row}"
    try:
        unmet = row.unmet(extract(row.text).model_dump(mode="json"))
    except Exception:
        unmet = [traceback.format_exc(limit=-3)]
    return f"{row.id}: {row.sentence}\n    " + "\n    ".join(unmet) if unmet else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
