"""`reference-r0` vectorised: every replication of a batch goes through its event list in step with the others.

Violations and deliveries are drawn for all replications at once; those whose coin says yes are put in order and become suspensions; the
rounds are then walked stage by stage along the suspensions.
"""

import numpy as np

from model import *

# Rows that fit the cache are faster than as many as memory allows.
ROWS = 2_000
# Violations of both parties have mean 42; 110 are enough but for one batch in 10^15.
VIOLATIONS = 110
DAYS = AID_HOUR + 24.0 * np.arange(DELIVERIES)


def batch(rng, n):
    gaps = rng.standard_exponential((n, VIOLATIONS))
    times = np.cumsum(gaps, axis=1) * (GAP / 2)
    coins = rng.random((n, VIOLATIONS))
    hits = (coins < OPENS) & (times < HORIZON)
    # A severity matters only where the coin could open a dispute.
    where = np.nonzero(hits)
    hits[where] = coins[where] < OPENS * rng.beta(2.0, 5.0, where[0].size)
    amounts = 600.0 + 80.0 * rng.standard_normal((n, DELIVERIES))
    short = amounts < SHORT
    short_hits = short & (rng.random((n, DELIVERIES)) < OPENS * SHORT_SEVERITY)
    np.clip(amounts, 0.0, 900.0, out=amounts)
    matters = in_order(times, hits, short_hits)
    holds, end, counts = suspend(rng, matters)
    captives, prisoners, completion, stages, begun = walk(rng, holds, end)
    suspensions, attempts, suspended, collapse = counts
    happened = (times <= end[:, None]) & (times < HORIZON)
    delivered = DAYS <= end[:, None]
    poisson = happened.sum(axis=1)
    violations = poisson + (short & delivered).sum(axis=1)
    events = poisson + delivered.sum(axis=1) + attempts + stages + begun
    aid = np.where(delivered, amounts, 0.0).sum(axis=1)
    columns = [captives, prisoners, completion > 0, 3600 * completion, violations, suspensions, suspensions]
    columns += [3600 * suspended, attempts, collapse > 0, 3600 * collapse, aid, events]
    table = np.stack([np.asarray(c, dtype=np.float64) for c in columns])
    return table.sum(axis=1), (table * table).sum(axis=1)


def in_order(times, hits, short_hits):
    """Times of what suspends unless suspended already, by replication, in order, then infinity."""
    n = times.shape[0]
    rows = np.concatenate([np.nonzero(hits)[0], np.nonzero(short_hits)[0]])
    at = np.concatenate([times[hits], DAYS[np.nonzero(short_hits)[1]]])
    order = np.lexsort((at, rows))
    rows, at = rows[order], at[order]
    count = np.bincount(rows, minlength=n)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    matters = np.full((n, count.max() + 1), np.inf)
    matters[rows, np.arange(rows.size) - first[rows]] = at
    return matters


def suspend(rng, matters):
    """Suspensions one after another; those of all replications at once."""
    n, most = matters.shape
    starts, stops = np.full((n, most), np.inf), np.full((n, most), np.inf)
    free, collapse, suspended = np.zeros(n), np.zeros(n), np.zeros(n)
    suspensions, attempts = np.zeros(n, dtype=int), np.zeros(n, dtype=int)
    for k in range(most):
        at = matters[:, k]
        rows = np.nonzero((at < np.inf) & (at >= free) & (collapse == 0))[0]
        if rows.size == 0:
            continue
        begin = at[rows]
        takes = ATTEMPT * rng.standard_exponential((rows.size, ATTEMPTS))
        ends = begin[:, None] + np.cumsum(takes, axis=1)
        settles = rng.random((rows.size, ATTEMPTS)) < SETTLES
        fails = ~settles.any(axis=1)
        last = np.where(fails, ATTEMPTS - 1, settles.argmax(axis=1))
        until = ends[np.arange(rows.size), last]
        ended = (ends < HORIZON) & (np.arange(ATTEMPTS) <= last[:, None])
        suspensions[rows] += 1
        attempts[rows] += ended.sum(axis=1)
        suspended[rows] += np.minimum(until, HORIZON) - begin
        collapse[rows] = np.where(fails & (until < HORIZON), until, 0.0)
        free[rows] = until
        starts[rows, k], stops[rows, k] = begin, until
    end = np.where(collapse > 0, collapse, HORIZON)
    return (starts, stops), end, (suspensions, attempts, suspended, collapse)


def walk(rng, holds, end):
    """Eight rounds of three stages along the suspensions."""
    starts, stops = holds
    n = end.size
    now, captives, prisoners = np.zeros(n), np.zeros(n), np.zeros(n)
    stages, begun = np.zeros(n, dtype=int), np.zeros(n, dtype=int)

    def after_holds(at):
        inside = (starts <= at[:, None]) & (at[:, None] < stops)
        return np.where(inside.any(axis=1), np.where(inside, stops, 0.0).max(axis=1), at)

    for due, owed, in_return in zip(DUE, CAPTIVES, PRISONERS):
        now = after_holds(np.maximum(now, due))
        begun += now < end
        now = now + 2.0 * np.exp(0.8 * rng.standard_normal(n))
        stages += now < end
        now = after_holds(now) + rng.gamma(2.0, 3.0, n)
        stages += now < end
        captives += np.where(now < end, owed, 0)
        now = after_holds(now) + 6.0 * np.exp(0.7 * rng.standard_normal(n))
        stages += now < end
        prisoners += np.where(now < end, in_return, 0)
    return captives, prisoners, np.where(now < end, now, 0.0), stages, begun


def main():
    rng = np.random.Generator(np.random.SFC64(3))

    def run(count):
        sums = squares = 0.0
        for first in range(0, count, ROWS):
            more, more_squares = batch(rng, min(ROWS, count - first))
            sums, squares = sums + more, squares + more_squares
        return sums, squares

    serve(run, warm_up=ROWS)


main()
