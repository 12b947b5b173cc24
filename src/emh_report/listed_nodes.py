"""Which nodal group each nodal lesion of the findings is: the contract lists an enlarged group twice."""

from __future__ import annotations

from emh_report.model import TODAY, Findings, LesionKind


def nodal_pairs(findings: Findings) -> dict[int, int]:
    """Position in ``lesions`` → position in ``lymph_nodes``, for each nodal lesion whose group is listed.

    A lesion does not name its station: its group is the one of its side and assertion, of its size before another.
    """
    free = [index for index, group in enumerate(findings.lymph_nodes) if group.assertion in TODAY]
    found: dict[int, int] = {}
    for number, lesion in enumerate(findings.lesions):
        if lesion.kind is not LesionKind.NODAL:
            continue
        fitting = [
            index
            for index in free
            if findings.lymph_nodes[index].laterality is lesion.laterality
            and findings.lymph_nodes[index].assertion is lesion.assertion
        ]
        same = [index for index in fitting if findings.lymph_nodes[index].size_mm == lesion.size_mm]
        for index in [*same, *fitting][:1]:
            found[number] = index
            free.remove(index)
    return found
