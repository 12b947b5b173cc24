"""The best one-to-one pairing of two lists, given how alike each two items are."""

from __future__ import annotations

import math
from collections.abc import Sequence

_FORBIDDEN = 1e6


def best_pairs(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """Row → column with the greatest sum of scores; ``-inf`` forbids a pair and no pair is forced.

    The Hungarian method with potentials, O(rows² · columns).
    """
    rows = len(scores)
    columns = len(scores[0]) if rows else 0
    if not columns:
        return {}
    # One spare column per row, at no gain, lets a row stay alone.
    cost = [[_FORBIDDEN if math.isinf(score) else -score for score in row] + [0.0] * rows for row in scores]
    owner = _solve(cost, rows, columns + rows)
    return {
        row: column
        for column, row in enumerate(owner)
        if row is not None and column < columns and not math.isinf(scores[row][column])
    }


def _solve(cost: Sequence[Sequence[float]], rows: int, columns: int) -> list[int | None]:
    """The row that owns each column, at the least total cost; rows must not exceed columns."""
    row_potential = [0.0] * (rows + 1)
    potential = [0.0] * (columns + 1)
    owner = [0] * (columns + 1)  # counted from 1; 0 is "nobody", and column 0 holds the row being placed
    for row in range(1, rows + 1):
        owner[0] = row
        slack = [math.inf] * (columns + 1)
        previous = [0] * (columns + 1)
        done = [False] * (columns + 1)
        column = 0
        while owner[column]:
            done[column] = True
            here, step, following = owner[column], math.inf, 0
            for other in range(1, columns + 1):
                if done[other]:
                    continue
                reduced = cost[here - 1][other - 1] - row_potential[here] - potential[other]
                if reduced < slack[other]:
                    slack[other], previous[other] = reduced, column
                if slack[other] < step:
                    step, following = slack[other], other
            for other in range(columns + 1):
                if done[other]:
                    row_potential[owner[other]] += step
                    potential[other] -= step
                else:
                    slack[other] -= step
            column = following
        while column:
            owner[column] = owner[previous[column]]
            column = previous[column]
    return [row - 1 if row else None for row in owner[1:]]
