"""What every Python peer shares: the numbers of `reference-r0`, its named outcomes, and the protocol with `run.py`.

A peer is started once. It warms up, then answers each line on standard input, a number of replications, with one line of JSON:
CPU seconds, and by outcome the mean and standard error of all replications so far but those of the warm-up.
"""

import json
import math
import sys
import time

HORIZON = 1008.0
DUE = [16.0, 160.0, 328.0, 496.0, 664.0, 832.0, 952.0, 1000.0]
CAPTIVES = [3, 4, 3, 3, 3, 3, 7, 7]
PRISONERS = [172, 230, 172, 172, 172, 172, 403, 407]
GAP = 48.0
AID_HOUR = 20.0
DELIVERIES = 42
SHORT = 450.0
OPENS = 0.3
SHORT_SEVERITY = 0.5
ATTEMPT = 36.0
SETTLES = 0.7
ATTEMPTS = 3

NAMES = [
    "captives_released",
    "prisoners_released",
    "completed",
    "completion_s",
    "violations",
    "disputes",
    "suspensions",
    "suspended_s",
    "mediation_attempts",
    "collapsed",
    "collapse_s",
    "flow_delivered",
    "events",
]
# What exists only where something else is 1.
ONLY_WHERE = {"completion_s": "completed", "collapse_s": "collapsed"}


def serve(run, warm_up):
    """`run(n)` gives two sequences in the order of NAMES: sums and sums of squares over n replications, absent values as 0."""
    run(warm_up)
    replications, sums, squares = 0, [0.0] * len(NAMES), [0.0] * len(NAMES)
    for line in sys.stdin:
        count = int(line)
        before = time.process_time()
        more, more_squares = run(count)
        cpu = time.process_time() - before
        replications += count
        sums = [a + float(b) for a, b in zip(sums, more)]
        squares = [a + float(b) for a, b in zip(squares, more_squares)]
        print(json.dumps({"cpu": cpu, "outcomes": figures(replications, sums, squares)}), flush=True)


def figures(replications, sums, squares):
    """Mean and standard error by name; times over the replications in which they exist."""
    by_name = {}
    for name, total, square in zip(NAMES, sums, squares):
        n = sums[NAMES.index(ONLY_WHERE[name])] if name in ONLY_WHERE else replications
        if n < 2:
            by_name[name] = [None, None]
            continue
        mean = total / n
        by_name[name] = [mean, math.sqrt(max(square / n - mean * mean, 0.0) / (n - 1))]
    return by_name
