"""`reference-r0` as SimPy processes."""

import math
import random

import simpy

from model import *


class Truce:
    def __init__(self, rng):
        self.rng = rng
        self.env = simpy.Environment()
        self.over = self.env.event()
        self.since = None
        self.resumed = None
        self.captives = self.prisoners = self.violations = self.suspensions = 0
        self.attempts = self.events = 0
        self.completion = self.collapse = self.suspended = self.aid = 0.0

    def run(self):
        env = self.env
        for _ in range(2):
            env.process(self.violate())
        env.process(self.deliver())
        env.process(self.exchange())
        env.run(until=env.any_of([self.over, env.timeout(HORIZON)]))
        if self.since is not None:
            self.suspended += env.now - self.since

    def violate(self):
        rng = self.rng
        while True:
            yield self.env.timeout(rng.expovariate(1 / GAP))
            self.events += 1
            self.breach(rng.betavariate(2, 5))

    def breach(self, severity):
        self.violations += 1
        if self.rng.random() < OPENS * severity and self.since is None:
            self.suspensions += 1
            self.since = self.env.now
            self.resumed = self.env.event()
            self.env.process(self.mediate())

    def mediate(self):
        for _ in range(ATTEMPTS):
            yield self.env.timeout(self.rng.expovariate(1 / ATTEMPT))
            self.attempts += 1
            self.events += 1
            if self.rng.random() < SETTLES:
                self.suspended += self.env.now - self.since
                self.since = None
                self.resumed.succeed()
                return
        self.collapse = self.env.now
        self.over.succeed()

    def deliver(self):
        yield self.env.timeout(AID_HOUR)
        while True:
            amount = self.rng.gauss(600, 80)
            self.aid += min(max(amount, 0.0), 900.0)
            self.events += 1
            if amount < SHORT:
                self.breach(SHORT_SEVERITY)
            yield self.env.timeout(24)

    def exchange(self):
        env, rng = self.env, self.rng
        for due, captives, prisoners in zip(DUE, CAPTIVES, PRISONERS):
            if env.now < due:
                yield env.timeout(due - env.now)
            if self.since is not None:
                yield self.resumed
            self.events += 1
            yield env.timeout(rng.lognormvariate(math.log(2), 0.8))
            self.events += 1
            if self.since is not None:
                yield self.resumed
            yield env.timeout(rng.gammavariate(2, 3))
            self.events += 1
            self.captives += captives
            if self.since is not None:
                yield self.resumed
            yield env.timeout(rng.lognormvariate(math.log(6), 0.7))
            self.events += 1
            self.prisoners += prisoners
        self.completion = env.now


def main():
    rng = random.Random(1)

    def run(count):
        sums, squares = [0.0] * len(NAMES), [0.0] * len(NAMES)
        for _ in range(count):
            t = Truce(rng)
            t.run()
            values = [
                t.captives,
                t.prisoners,
                t.completion > 0,
                3600 * t.completion,
                t.violations,
                t.suspensions,
                t.suspensions,
                3600 * t.suspended,
                t.attempts,
                t.collapse > 0,
                3600 * t.collapse,
                t.aid,
                t.events,
            ]
            for i, value in enumerate(values):
                sums[i] += value
                squares[i] += value * value
        return sums, squares

    serve(run, warm_up=20)


main()
