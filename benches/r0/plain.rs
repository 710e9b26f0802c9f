//! Ordinary code: an event list in a `BinaryHeap`, the laws of `rand_distr`, the default generator.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Beta, Distribution, Exp, Gamma, LogNormal, Normal};

use super::{
    AID_HOUR, ATTEMPT, ATTEMPTS, CAPTIVES, Counts, DUE, GAP, HORIZON, OPENS, PRISONERS, SETTLES, SHORT,
    SHORT_SEVERITY, Sums,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Violation(u8),
    Delivery,
    Due,
    StageEnds,
    AttemptEnds,
}

/// An event at its time; equal times in the order of scheduling.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pending {
    at: f64,
    sequence: u64,
    event: Event,
}

impl Eq for Pending {}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.sequence.cmp(&other.sequence))
    }
}

/// The laws, made once.
#[derive(Debug, Clone, Copy)]
struct Laws {
    gap: Exp<f64>,
    severity: Beta<f64>,
    aid: Normal<f64>,
    check: LogNormal<f64>,
    handover: Gamma<f64>,
    reciprocal: LogNormal<f64>,
    attempt: Exp<f64>,
}

impl Laws {
    fn new() -> Self {
        Self {
            gap: Exp::new(1.0 / GAP).expect("positive"),
            severity: Beta::new(2.0, 5.0).expect("positive"),
            aid: Normal::new(600.0, 80.0).expect("finite"),
            check: LogNormal::new(2.0_f64.ln(), 0.8).expect("finite"),
            handover: Gamma::new(2.0, 3.0).expect("positive"),
            reciprocal: LogNormal::new(6.0_f64.ln(), 0.7).expect("finite"),
            attempt: Exp::new(1.0 / ATTEMPT).expect("positive"),
        }
    }
}

/// One replication.
struct Simulation<'a> {
    laws: Laws,
    rng: &'a mut StdRng,
    heap: BinaryHeap<Reverse<Pending>>,
    sequence: u64,
    now: f64,
    round: usize,
    stage: usize,
    stage_waits: bool,
    suspended_since: Option<f64>,
    failures: u32,
    counts: Counts,
}

/// Runs replications under a seed.
pub fn run(seed: u64, replications: u64, sums: &mut Sums) {
    let laws = Laws::new();
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..replications {
        sums.add(&Simulation::new(laws, &mut rng).run());
    }
}

impl<'a> Simulation<'a> {
    fn new(laws: Laws, rng: &'a mut StdRng) -> Self {
        Self {
            laws,
            rng,
            heap: BinaryHeap::new(),
            sequence: 0,
            now: 0.0,
            round: 0,
            stage: 0,
            stage_waits: false,
            suspended_since: None,
            failures: 0,
            counts: Counts::default(),
        }
    }

    fn schedule(&mut self, at: f64, event: Event) {
        self.sequence += 1;
        self.heap.push(Reverse(Pending { at, sequence: self.sequence, event }));
    }

    fn run(mut self) -> Counts {
        for party in 0..2 {
            self.next_violation(party);
        }
        self.schedule(AID_HOUR, Event::Delivery);
        self.schedule(DUE[0], Event::Due);
        while let Some(Reverse(next)) = self.heap.pop() {
            if next.at > HORIZON {
                break;
            }
            self.now = next.at;
            match next.event {
                Event::Violation(party) => self.violation(party),
                Event::Delivery => self.delivery(),
                Event::Due => self.start_stage(),
                Event::StageEnds => self.stage_ends(),
                Event::AttemptEnds => self.attempt_ends(),
            }
            if self.counts.collapse > 0.0 {
                return self.counts;
            }
        }
        if let Some(since) = self.suspended_since {
            self.counts.suspended += HORIZON - since;
        }
        self.counts
    }

    fn next_violation(&mut self, party: u8) {
        let gap = self.laws.gap.sample(self.rng);
        self.schedule(self.now + gap, Event::Violation(party));
    }

    fn violation(&mut self, party: u8) {
        self.counts.events += 1;
        self.next_violation(party);
        let severity = self.laws.severity.sample(self.rng);
        self.breach(severity);
    }

    fn breach(&mut self, severity: f64) {
        self.counts.violations += 1;
        if self.rng.random::<f64>() < OPENS * severity && self.suspended_since.is_none() {
            self.counts.suspensions += 1;
            self.suspended_since = Some(self.now);
            self.failures = 0;
            self.start_attempt();
        }
    }

    fn start_attempt(&mut self) {
        let takes = self.laws.attempt.sample(self.rng);
        self.schedule(self.now + takes, Event::AttemptEnds);
    }

    fn attempt_ends(&mut self) {
        self.counts.events += 1;
        self.counts.attempts += 1;
        if self.rng.random::<f64>() < SETTLES {
            self.resume();
            if self.stage_waits {
                self.start_stage();
            }
            return;
        }
        self.failures += 1;
        if self.failures == ATTEMPTS {
            self.resume();
            self.counts.collapse = self.now;
        } else {
            self.start_attempt();
        }
    }

    fn resume(&mut self) {
        if let Some(since) = self.suspended_since.take() {
            self.counts.suspended += self.now - since;
        }
    }

    fn delivery(&mut self) {
        self.counts.events += 1;
        let amount = self.laws.aid.sample(self.rng);
        self.counts.aid += amount.clamp(0.0, 900.0);
        if amount < SHORT {
            self.breach(SHORT_SEVERITY);
        }
        self.schedule(self.now + 24.0, Event::Delivery);
    }

    fn start_stage(&mut self) {
        self.stage_waits = self.suspended_since.is_some();
        if self.stage_waits {
            return;
        }
        let takes = match self.stage {
            0 => {
                self.counts.events += 1;
                self.laws.check.sample(self.rng)
            }
            1 => self.laws.handover.sample(self.rng),
            _ => self.laws.reciprocal.sample(self.rng),
        };
        self.schedule(self.now + takes, Event::StageEnds);
    }

    fn stage_ends(&mut self) {
        self.counts.events += 1;
        self.stage += 1;
        match self.stage {
            1 => self.start_stage(),
            2 => {
                self.counts.captives += CAPTIVES[self.round];
                self.start_stage();
            }
            _ => {
                self.counts.prisoners += PRISONERS[self.round];
                self.round += 1;
                self.stage = 0;
                self.next_round();
            }
        }
    }

    fn next_round(&mut self) {
        if self.round == DUE.len() {
            self.counts.completion = self.now;
        } else {
            self.schedule(self.now.max(DUE[self.round]), Event::Due);
        }
    }
}
