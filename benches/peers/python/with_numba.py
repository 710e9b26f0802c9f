"""`reference-r0` as one loop over next times, compiled by Numba."""

import math

import numba
import numpy as np

from model import *

DUE_AT = np.array(DUE)
CAPTIVES_OF = np.array(CAPTIVES, dtype=np.float64)
PRISONERS_OF = np.array(PRISONERS, dtype=np.float64)
OUTCOMES = len(NAMES)


@numba.njit
def start_stage(rng, stage, now):
    if stage == 0:
        return now + 2.0 * math.exp(0.8 * rng.standard_normal())
    if stage == 1:
        return now + 3.0 * (rng.standard_exponential() + rng.standard_exponential())
    return now + 6.0 * math.exp(0.7 * rng.standard_normal())


@numba.njit
def replicate(rng, values):
    captives = prisoners = completion = suspended = aid = collapse = 0.0
    violations = suspensions = attempts = events = failures = 0
    begun = ended = 0
    stage_at, attempt_at, since = DUE_AT[0], np.inf, 0.0
    violation_at, delivery_at = 0.5 * GAP * rng.standard_exponential(), AID_HOUR
    end = HORIZON
    while True:
        now = min(min(violation_at, delivery_at), min(stage_at, attempt_at))
        if now > HORIZON:
            break
        severity = 0.0
        if now == violation_at:
            # Two processes of the same law are one of twice the rate.
            events += 1
            violations += 1
            violation_at = now + 0.5 * GAP * rng.standard_exponential()
            severity = rng.beta(2.0, 5.0)
        elif now == delivery_at:
            events += 1
            amount = 600.0 + 80.0 * rng.standard_normal()
            aid += min(max(amount, 0.0), 900.0)
            delivery_at += 24.0
            if amount < SHORT:
                violations += 1
                severity = SHORT_SEVERITY
        elif now == stage_at:
            stage_at = np.inf
            if begun > ended:
                ended += 1
                events += 1
                place, done = (ended - 1) // 3, (ended - 1) % 3
                if done == 1:
                    captives += CAPTIVES_OF[place]
                elif done == 2:
                    prisoners += PRISONERS_OF[place]
                if ended == 24:
                    completion = now
                elif ended % 3 == 0 and DUE_AT[ended // 3] > now:
                    stage_at = DUE_AT[ended // 3]
            if stage_at == np.inf and ended < 24 and attempt_at == np.inf:
                events += begun % 3 == 0
                stage_at = start_stage(rng, begun % 3, now)
                begun += 1
        else:
            attempts += 1
            events += 1
            if rng.random() < SETTLES:
                suspended += now - since
                attempt_at = np.inf
                if stage_at == np.inf and ended < 24:
                    events += begun % 3 == 0
                    stage_at = start_stage(rng, begun % 3, now)
                    begun += 1
            else:
                failures += 1
                if failures == ATTEMPTS:
                    collapse = end = now
                    break
                attempt_at = now + ATTEMPT * rng.standard_exponential()
        if severity > 0.0 and rng.random() < OPENS * severity and attempt_at == np.inf:
            suspensions += 1
            failures = 0
            since = now
            attempt_at = now + ATTEMPT * rng.standard_exponential()
    if attempt_at < np.inf:
        suspended += end - since
    values[0], values[1] = captives, prisoners
    values[2], values[3] = completion > 0.0, 3600.0 * completion
    values[4], values[5], values[6] = violations, suspensions, suspensions
    values[7], values[8] = 3600.0 * suspended, attempts
    values[9], values[10] = collapse > 0.0, 3600.0 * collapse
    values[11], values[12] = aid, events


@numba.njit
def run(rng, count):
    sums, squares, values = np.zeros(OUTCOMES), np.zeros(OUTCOMES), np.zeros(OUTCOMES)
    for _ in range(count):
        replicate(rng, values)
        sums += values
        squares += values * values
    return sums, squares


def main():
    rng = np.random.Generator(np.random.SFC64(2))
    serve(lambda count: run(rng, count), warm_up=2_000)


main()
