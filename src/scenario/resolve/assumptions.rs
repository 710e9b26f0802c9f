//! Faults, violations, responses, mediation, trust and endings.

use super::Resolver;
use crate::kernel::Time;
use crate::model::plan::*;
use crate::scenario::law::Param;
use crate::scenario::schema::{self, FaultStep, NothingDue, Policy};
use crate::scenario::source::At;

impl Resolver<'_> {
    pub(super) fn round_faults(&mut self) -> Option<FaultPlan> {
        let fault = self.file.fault.as_ref()?;
        let probability = self.num(&fault.probability);
        let mut classes = Vec::new();
        for (name, class) in &fault.class.entries {
            let against = self.party(&class.against);
            let claimed_by = self.claimant(class.claimed_by.as_ref(), against);
            if claimed_by.is_none() {
                let help = "name the party that alleges it: `claimed_by = \"...\"`";
                self.fault("S119", class.against.span, "nobody stands on the other side to allege it", help);
            }
            classes.push(FaultClassPlan {
                name: name.value.clone(),
                share: self.num(&class.share),
                against,
                claimed_by: claimed_by.unwrap_or(0),
                at: step_of(class.at),
                severity: self.num(&class.severity),
                remains_only: class.remains_only.value,
            });
        }
        Some(FaultPlan { probability, classes, stream: self.stream("fault", "") })
    }

    /// Who answers a breach by a party: as named, or the other side's first.
    fn claimant(&mut self, named: Option<&At<String>>, against: usize) -> Option<usize> {
        if let Some(name) = named {
            return Some(self.party(name));
        }
        let side = self.file.party.entries.get(against).map(|(_, p)| p.side)?;
        let other = match side {
            schema::Side::Captives => schema::Side::Prisoners,
            schema::Side::Prisoners => schema::Side::Captives,
            schema::Side::Neither => return None,
        };
        self.file.party.entries.iter().position(|(_, p)| p.side == other)
    }

    pub(super) fn violations(&mut self, _parties: &[PartyPlan]) -> Vec<ViolationPlan> {
        let file = self.file;
        let names: Vec<&str> = file.violation.entries.iter().map(|(n, _)| n.value.as_str()).collect();
        let mut plans = Vec::new();
        for (name, violation) in &file.violation.entries {
            let party = self.party(name);
            let mut excites = Vec::new();
            for (target, offspring) in &violation.excites.entries {
                let found = crate::scenario::read::resolve_name(
                    target,
                    names.iter().copied(),
                    "violation process",
                    self.faults,
                );
                if let Some(found) = found {
                    excites.push((found, self.num(offspring)));
                }
            }
            let opens = self.num(&violation.opens_dispute);
            plans.push(ViolationPlan {
                party,
                name: name.value.clone(),
                rate: self.num(&violation.rate),
                early: violation
                    .early
                    .as_ref()
                    .map(|e| (self.num(&e.times), self.positive(e.decays.value, e.decays.span))),
                excites,
                memory: self.positive(violation.memory.value, violation.memory.span),
                severity: self.law(&violation.severity),
                opens,
                by_severity: violation.by_severity.value,
                harm: self.harm(violation),
                confirmed: self.num_unless(&violation.confirmed, 0.0),
                claimed_by: self.claimant(violation.claimed_by.as_ref(), party),
                counted_by: violation.counted_by.as_ref().map(|c| c.value.clone()),
                timer: 0,
                count_stream: self.stream("violation", &name.value),
                time_stream: self.stream("violation.time", &name.value),
                early_stream: self.stream("violation.early", &name.value),
                number_stream: self.stream("violation.number", &name.value),
                mark_stream: self.stream("violation.mark", &name.value),
                harm_stream: self.stream("violation.harm", &name.value),
                dispute_stream: self.stream("dispute.violation", &name.value),
            });
        }
        self.check_branching(&plans);
        plans
    }

    pub(super) fn positive(&mut self, seconds: f64, span: crate::scenario::source::Span) -> f64 {
        if seconds <= 0.0 {
            self.fault("S112", span, "a time constant of zero", "give a time above zero");
            return 1.0;
        }
        seconds
    }

    fn harm(&mut self, violation: &schema::Violation) -> Option<HarmPlan> {
        let none = violation.fatal.known() == Some(0.0)
            && violation.burst.known() == Some(0.0)
            && violation.injuries.is_none();
        (!none).then(|| HarmPlan {
            fatal: self.num(&violation.fatal),
            further_deaths: violation.further_deaths.as_ref().map(|l| self.law(l)),
            injuries: violation.injuries.as_ref().map(|l| self.law(l)),
            fatal_opens: violation.fatal_opens_dispute.as_ref().map(|p| self.num(p)),
            burst: self.num(&violation.burst),
            burst_deaths: violation.burst_deaths.as_ref().map(|l| self.law(l)),
            burst_opens: violation.burst_opens_dispute.as_ref().map(|p| self.num(p)),
        })
    }

    /// The spectral radius of the branching matrix must stay below 1, or violations explode. Taken at the ends of what drawn
    /// numbers may be.
    fn check_branching(&mut self, plans: &[ViolationPlan]) {
        let file = self.file;
        let size = plans.len();
        let mut matrix = vec![vec![0.0; size]; size];
        for (source, (_, violation)) in file.violation.entries.iter().enumerate() {
            for (target, offspring) in &violation.excites.entries {
                if let Some(target) = plans.iter().position(|p| p.name == target.value) {
                    matrix[source][target] = offspring.support().high;
                }
            }
        }
        let radius = spectral_radius(&matrix);
        self.branching = radius;
        if radius >= 1.0 || radius.is_nan() {
            let message = format!(
                "violations bring on {radius:.3} further violations each, so their number would explode"
            );
            let help = "lower the numbers under `excites` until the branching ratio is below 1";
            let span = file
                .violation
                .entries
                .iter()
                .find(|(_, v)| !v.excites.is_empty())
                .map_or(file.violation.span, |(_, v)| v.excites.span);
            self.fault("S106", span, message, help);
        }
    }

    pub(super) fn externals(&mut self, violations: &[ViolationPlan]) -> Vec<ExternalPlan> {
        let file = self.file;
        let mut plans = Vec::new();
        for (name, event) in &file.event.entries {
            match (&event.day, &event.rate) {
                (Some(_), Some(rate)) => self.fault(
                    "S109",
                    rate.span,
                    "the event has both a day and a rate",
                    "give one of `day` and `rate`",
                ),
                (None, None) => self.fault(
                    "S109",
                    event.span,
                    "the event has neither a day nor a rate",
                    "give `day = 17` or `rate = \"0.02/day\"`",
                ),
                _ => {}
            }
            let dispute = event
                .dispute
                .as_ref()
                .map(|d| (self.num(&d.probability), self.party(&d.claimed_by), self.num(&d.severity)));
            plans.push(ExternalPlan {
                name: name.value.clone(),
                at: event.day.as_ref().map(|day| self.time_of(day, event.at)),
                rate: event.rate.as_ref().map(|r| self.num(r)),
                effect: self.effect(&event.effect, violations),
                dispute,
                timer: 0,
                stream: self.stream("event", &name.value),
                dispute_stream: self.stream("dispute.event", &name.value),
            });
        }
        plans
    }

    pub(super) fn fronts(&mut self, violations: &[ViolationPlan]) -> Vec<FrontPlan> {
        let file = self.file;
        let mut plans = Vec::new();
        for (name, front) in &file.front.entries {
            plans.push(FrontPlan {
                name: name.value.clone(),
                breaks: self.num(&front.breaks),
                expires: front.expires.as_ref().map(|day| self.time_of(day, None)),
                renewed: self.num(&front.renewed),
                shared: self.num(&front.shared),
                effect: self.effect(&front.effect, violations),
                timer: 0,
                expiry_timer: 0,
                stream: self.stream("front", &name.value),
            });
        }
        plans
    }

    pub(super) fn shared(&mut self) -> Option<SharedPlan> {
        let file = self.file;
        let loads = file.front.entries.iter().any(|(_, f)| f.shared.known() != Some(0.0));
        let implied: schema::Shared;
        let shared = match &file.shared {
            Some(shared) => shared,
            None if loads => {
                implied = schema::unwritten();
                &implied
            }
            None => return None,
        };
        Some(SharedPlan {
            collapse: self.num(&shared.collapse),
            violations: self.num(&shared.violations),
            extension: self.num(&shared.extension),
            settles: self.num(&shared.settles),
            stream: self.stream("shared", ""),
        })
    }

    // ---- responses ----

    pub(super) fn response(&mut self, party: &str, side: Option<Side>) -> ResponsePlan {
        let response = self.file.response.get(party);
        let implied: schema::Response = schema::unwritten();
        let response = response.unwrap_or(&implied);
        let rule = self.rule(response);
        let effects = [&response.severity_effect, &response.trust_effect, &response.memory_effect];
        let moves = effects.iter().any(|e| e.known() != Some(0.0));
        ResponsePlan {
            rule,
            holds: self.holds(response, side),
            slows_by: response.slows_by.as_ref().map(|l| self.law(l)),
            effects: moves.then(|| effects.map(|e| self.num(e))),
            lapses: response.nothing_due == NothingDue::Lapses,
        }
    }

    fn rule(&mut self, response: &schema::Response) -> AnswerRule {
        match (&response.policy, &response.odds) {
            (Some(_), Some(odds)) => {
                self.fault(
                    "S109",
                    odds.span,
                    "both a policy and odds are given",
                    "give one of `policy` and `odds`",
                );
                AnswerRule::Always(1)
            }
            (Some(Policy::Absorbing), None) => AnswerRule::Always(0),
            (None, None) => AnswerRule::Always(1),
            (Some(Policy::Strict), None) => AnswerRule::Always(3),
            (Some(Policy::Suspending), None) => AnswerRule::Always(4),
            (Some(Policy::EndsOnFirstBreach), None) => AnswerRule::Always(5),
            (Some(Policy::Proportional), None) => AnswerRule::Proportional(self.num(&response.generosity)),
            (None, Some(odds)) => self.odds(odds, response),
        }
    }

    fn odds(&mut self, odds: &schema::Odds, response: &schema::Response) -> AnswerRule {
        let list = [&odds.absorb, &odds.protest, &odds.slow, &odds.hold, &odds.suspend, &odds.withdraw];
        if list.iter().all(|o| o.known() == Some(0.0)) {
            self.fault(
                "S120",
                odds.span,
                "all odds are zero, so there is no answer to give",
                "give at least one answer a weight above zero",
            );
        }
        if odds.slow.known() != Some(0.0) && response.slows_by.is_none() {
            self.fault(
                "S116",
                odds.slow.span,
                "slowing needs to know by how much",
                "add `slows_by`, a duration",
            );
        }
        AnswerRule::Odds(list.map(|o| self.num(o)))
    }

    /// The weights of a party's own queues; by default the releases it owes.
    fn holds(&mut self, response: &schema::Response, side: Option<Side>) -> [Option<Num>; 5] {
        let mut holds = [None; 5];
        if response.holds.is_empty() {
            if let Some(side) = side {
                holds[side] = Some(self.constant(1.0));
            }
            return holds;
        }
        let words = || CLASSES.iter().map(|(_, word)| *word);
        for (name, weight) in &response.holds.entries {
            let Some(class) = crate::scenario::read::resolve_name(name, words(), "queue", self.faults) else {
                continue;
            };
            if side.is_some_and(|s| class < 2 && class != s) {
                let message = format!("this party does not release {}", name.value);
                self.fault("S121", name.span, message, "a party holds only what it owes itself");
            }
            holds[class] = Some(self.num(weight));
        }
        holds
    }

    // ---- mediation ----

    pub(super) fn mediation(&mut self, tranches: &[TranchePlan], stated: usize) -> Option<MediationPlan> {
        let mediation = self.file.mediation.as_ref()?;
        let mut mediators = Vec::new();
        for (name, mediator) in &mediation.mediator.entries {
            mediators.push(MediatorPlan {
                name: name.value.clone(),
                files: self.files(&mediator.files),
                available: self.num_unless(&mediator.available, 1.0),
                speed: self.speed(&mediator.speed),
                leverage: self.num(&mediator.leverage),
                stream: self.stream("mediator", &name.value),
            });
        }
        if mediators.is_empty() {
            let (one, zero) = (self.constant(1.0), self.constant(0.0));
            let files = self.files(&mediation.files_at_once);
            let stream = self.stream("mediator", "");
            mediators.push(MediatorPlan {
                name: "mediators".into(),
                files,
                available: None,
                speed: one,
                leverage: zero,
                stream,
            });
        }
        // The fastest free mediator takes a file; names break ties, so the order of the file does not matter.
        mediators.sort_by(|a, b| {
            let speed = |m: &MediatorPlan| self.numbers[m.speed.0 as usize];
            speed(b).total_cmp(&speed(a)).then_with(|| a.name.cmp(&b.name))
        });
        let servers = mediators.iter().enumerate().flat_map(|(i, m)| (0..m.files).map(move |_| i)).collect();
        let has_leverage = mediation.mediator.entries.iter().any(|(_, m)| m.leverage.known() != Some(0.0));
        Some(MediationPlan {
            moves: has_leverage
                || self.file.shared.is_some()
                || !self.file.event.is_empty()
                || !self.file.front.is_empty(),
            mediators,
            servers,
            first_timer: 0,
            takes: self.law(&mediation.takes),
            settles: self.num(&mediation.settles),
            attempts: u32::try_from(mediation.attempts.value).unwrap_or(u32::MAX).max(1),
            unsettled: match mediation.unsettled {
                schema::Unsettled::OpenFile => Unsettled::OpenFile,
                schema::Unsettled::Escalates => Unsettled::Escalates,
                schema::Unsettled::Collapse => Unsettled::Collapse,
            },
            keeps_hold: mediation.open_file_keeps_hold.value,
            settlement: mediation.settlement.as_ref().map(|s| self.settlement(s, tranches, stated)),
        })
    }

    fn files(&mut self, files: &At<u64>) -> u32 {
        if files.value == 0 || files.value > 1_000 {
            self.fault("S122", files.span, "files at once must be between 1 and 1000", "give at least 1");
        }
        files.value.clamp(1, 1_000) as u32
    }

    fn speed(&mut self, speed: &Param<crate::scenario::units::NonNegative>) -> Num {
        if speed.support().low <= 0.0 {
            self.fault(
                "S122",
                speed.span,
                "a mediator of speed 0 never ends a file",
                "give a speed above 0; 1 is as stated",
            );
        }
        self.num(speed)
    }

    fn settlement(
        &mut self,
        settlement: &schema::Settlement,
        tranches: &[TranchePlan],
        stated: usize,
    ) -> SettlementPlan {
        let extra = settlement.extra_round.as_ref().map(|e| {
            let kept: Vec<usize> = (stated..tranches.len()).collect();
            (self.num(&e.probability), (e.after.value + 0.5) as Time, kept)
        });
        SettlementPlan {
            takes_last: settlement
                .extra_round
                .as_ref()
                .is_some_and(|e| e.takes_from == schema::TakesFrom::Last),
            extra,
            acceleration: settlement
                .acceleration
                .as_ref()
                .map(|a| (self.num(&a.probability), (a.by.value + 0.5) as Time)),
            simultaneous: self.num(&settlement.simultaneous),
        }
    }

    // ---- trust and endings ----

    pub(super) fn trust(&mut self) -> Option<TrustPlan> {
        let trust = self.file.trust.as_ref()?;
        Some(TrustPlan {
            base: self.num(&trust.base),
            up: self.num(&trust.up),
            down: self.num(&trust.down),
            returns: trust.returns.as_ref().map(|d| self.positive(d.value, d.span)),
        })
    }

    pub(super) fn ending(&mut self) -> Option<EndingPlan> {
        let ending = self.file.ending.as_ref()?;
        let effects =
            [&ending.trust_effect, &ending.open_file_effect, &ending.burst_effect, &ending.value_effect];
        let moves = effects.iter().any(|e| e.known() != Some(0.0));
        Some(EndingPlan {
            collapse: self.num(&ending.collapse),
            effects: moves.then(|| effects.map(|e| self.num(e))),
            burst_lasts: (ending.burst_lasts.value + 0.5) as Time,
            at_term: ending.at_term.as_ref().map(|a| self.at_term(a)),
            limbo: ending.limbo.as_ref().map(|l| self.num(&l.collapse)),
            later: ending.later_collapse.as_ref().map(|p| self.num(p)),
            timer: 0,
            burst_timer: None,
            stream: self.stream("collapse", ""),
        })
    }

    fn at_term(&mut self, at_term: &schema::AtTerm) -> AtTermPlan {
        AtTermPlan {
            extended: self.num(&at_term.extended),
            length: self.whole(at_term.length.value, at_term.length.span),
            talks_effect: self.num(&at_term.talks_effect),
            progress_effect: self.num(&at_term.progress_effect),
            trust_effect: self.num(&at_term.trust_effect),
            counter_offer: self.num(&at_term.counter_offer),
            counter_length: self.whole(at_term.counter_length.value, at_term.counter_length.span),
        }
    }
}

fn step_of(step: FaultStep) -> StepKind {
    match step {
        FaultStep::List => StepKind::List,
        FaultStep::Check => StepKind::Check,
        FaultStep::Staging => StepKind::Staging,
        FaultStep::Transit => StepKind::Transit,
        FaultStep::Handover => StepKind::Handover,
        FaultStep::Custody => StepKind::Custody,
        FaultStep::Identification => StepKind::Identification,
        FaultStep::Reciprocal => StepKind::Reciprocal,
    }
}

/// The largest eigenvalue of a matrix of non-negative numbers, by squaring it until its norm settles (Gelfand's formula).
fn spectral_radius(matrix: &[Vec<f64>]) -> f64 {
    let mut power = matrix.to_vec();
    let mut log_norm = 0.0;
    let mut weight = 1.0;
    for _ in 0..20 {
        let norm = power.iter().map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max);
        if norm == 0.0 {
            return 0.0;
        }
        log_norm += weight * libm::log(norm);
        weight /= 2.0;
        let scaled: Vec<Vec<f64>> = power.iter().map(|row| row.iter().map(|x| x / norm).collect()).collect();
        power = scaled.iter().map(|row| times(row, &scaled)).collect();
    }
    libm::exp(log_norm)
}

/// A row times a matrix. Most processes excite few others: what is zero is passed over.
fn times(row: &[f64], matrix: &[Vec<f64>]) -> Vec<f64> {
    let mut product = vec![0.0; row.len()];
    for (x, others) in row.iter().zip(matrix).filter(|(x, _)| **x != 0.0) {
        product.iter_mut().zip(others).for_each(|(sum, y)| *sum += x * y);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::spectral_radius;

    #[test]
    fn the_spectral_radius_of_known_matrices() {
        let cases: [(&[Vec<f64>], f64); 4] = [
            (&[vec![0.35, 0.15], vec![0.15, 0.35]], 0.5),
            (&[vec![0.0, 0.9], vec![0.9, 0.0]], 0.9),
            (&[vec![0.0, 5.0], vec![0.0, 0.0]], 0.0),
            (&[vec![0.2, 0.3, 0.0], vec![0.0, 0.7, 0.1], vec![0.0, 0.0, 0.4]], 0.7),
        ];
        for (matrix, radius) in cases {
            assert!((spectral_radius(matrix) - radius).abs() < 1e-5, "{matrix:?}");
        }
    }
}
