"""What every Python peer shares: the numbers of `reference-r0`, its named outcomes, and the protocol with `run.py`.

A peer is started once. It warms up, then answers each line on standard input, a number of replications, with one line of JSON:
CPU seconds of its own thread, and by outcome count, sum and sum of squares.
"""

import json
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
    for line in sys.stdin:
        count = int(line)
        before = time.process_time()
        sums, squares = run(count)
        cpu = time.process_time() - before
        by_name = dict(zip(NAMES, zip(map(float, sums), map(float, squares))))
        outcomes = {}
        for name, (total, square) in by_name.items():
            n = by_name[ONLY_WHERE[name]][0] if name in ONLY_WHERE else count
            outcomes[name] = [n, total, square]
        print(json.dumps({"cpu": cpu, "outcomes": outcomes}), flush=True)
