//! What only the whole scenario can tell: sizes a replication can hold, waiting that could never end, keys without effect.

use super::Resolver;
use crate::dist::Prob;
use crate::model::law::LawId;
use crate::model::plan::*;
use crate::scenario::law::Param;
use crate::scenario::schema;
use crate::scenario::source::Span;
use crate::scenario::units::Unit;

/// Events of one kind in one replication beyond which a scenario is refused rather than run for hours.
const MOST_EVENTS: f64 = 1e7;
/// The largest amount of anything counted at once.
const MOST_AMOUNT: f64 = 1e12;

impl Resolver<'_> {
    pub(super) fn check_whole(&mut self, plan: &Plan) {
        self.check_sizes(plan);
        self.check_amounts(plan);
        self.check_waiting(plan);
        self.check_extensions(plan);
        self.check_shares();
        self.check_trust_is_there();
        self.check_obligations(plan);
        self.check_owed(plan);
    }

    // ---- sizes ----

    fn check_sizes(&mut self, plan: &Plan) {
        let file = self.file;
        let horizon = plan.horizon as f64;
        // What explodes is one fault; how many there would be is none besides.
        let radius = if self.branching < 1.0 { self.branching } else { f64::NEG_INFINITY };
        for (name, violation) in &file.violation.entries {
            let early = violation.early.as_ref().map_or(1.0, |e| e.times.support().high.max(1.0));
            let expected = violation.rate.support().high * horizon * early / (1.0 - radius).max(1e-9);
            self.check_count(
                expected,
                violation.rate.span,
                &format!("violations alleged against `{}`", name.value),
            );
        }
        for (name, event) in &file.event.entries {
            if let Some(rate) = &event.rate {
                self.check_count(
                    rate.support().high * horizon,
                    rate.span,
                    &format!("events `{}`", name.value),
                );
            }
            for (_, by) in &event.effect.violations.entries {
                self.check_count(
                    by.support().high / (1.0 - radius).max(1e-9),
                    by.span,
                    "violations brought on at once",
                );
            }
        }
        for (_, front) in &file.front.entries {
            for (_, by) in &front.effect.violations.entries {
                self.check_count(
                    by.support().high / (1.0 - radius).max(1e-9),
                    by.span,
                    "violations brought on at once",
                );
            }
        }
        if let Some(mediation) = &file.mediation {
            self.check_count(
                mediation.attempts.value as f64 * 1e3,
                mediation.attempts.span,
                "attempts at one file, times a thousand",
            );
            if mediation.attempts.value == 0 {
                self.fault(
                    "S122",
                    mediation.attempts.span,
                    "a file needs at least one attempt",
                    "give `attempts = 1`",
                );
            }
        }
        self.check_steps(plan);
        self.check_history_counts();
        self.check_loadings();
    }

    fn check_count(&mut self, expected: f64, span: Span, what: &str) {
        if expected > MOST_EVENTS || expected.is_nan() {
            let message = format!("about {expected:.0e} {what} in one replication");
            self.fault(
                "S126",
                span,
                message,
                "a replication holds up to ten million of a kind; lower the number or shorten the horizon",
            );
        }
    }

    fn check_steps(&mut self, plan: &Plan) {
        let Some(schema::Term::Table(table)) = &self.file.term else {
            return self.check_extension_length(plan);
        };
        if let Some(renewal) = &table.renewal {
            let shortest = renewal.steps.iter().map(|s| s.value).fold(f64::INFINITY, f64::min).max(1.0);
            let steps = (plan.horizon as f64 / shortest).min(renewal.most.value as f64);
            self.check_count(steps * 100.0, renewal.span, "steps of the term, times a hundred");
        }
        self.check_extension_length(plan);
    }

    fn check_extension_length(&mut self, plan: &Plan) {
        let Some(at_term) = self.file.ending.as_ref().and_then(|e| e.at_term.as_ref()) else { return };
        for length in [&at_term.length, &at_term.counter_length] {
            let times = plan.horizon as f64 / length.value.max(1.0);
            self.check_count(times * 100.0, length.span, "extensions, times a hundred");
        }
    }

    fn check_history_counts(&mut self) {
        let Some(history) = self.past.map(|p| &p.history).or(self.file.history.as_ref()) else { return };
        for fact in &history.violations {
            self.check_count(fact.count.value as f64, fact.count.span, "violations on record");
        }
        for fact in &history.flow {
            if fact.delivered.value as f64 > MOST_AMOUNT {
                self.fault(
                    "S125",
                    fact.delivered.span,
                    "a larger amount than the simulation counts",
                    "give at most 10^12",
                );
            }
        }
    }

    /// Loadings on a standard normal factor beyond which a risk would leave the scale of numbers.
    fn check_loadings(&mut self) {
        let file = self.file;
        let mut loadings: Vec<(Span, f64)> = Vec::new();
        if let Some(shared) = &file.shared {
            loadings
                .extend([&shared.collapse, &shared.violations, &shared.extension, &shared.settles].map(size));
        }
        loadings.extend(file.front.entries.iter().map(|(_, f)| size(&f.shared)));
        let effects = file
            .event
            .entries
            .iter()
            .map(|(_, e)| &e.effect)
            .chain(file.front.entries.iter().map(|(_, f)| &f.effect));
        for effect in effects {
            loadings.extend([&effect.collapse, &effect.settles, &effect.extension].map(size));
        }
        if let Some(ending) = &file.ending {
            loadings.extend(
                [&ending.trust_effect, &ending.burst_effect, &ending.value_effect, &ending.open_file_effect]
                    .map(size),
            );
        }
        for (span, size) in loadings {
            if size > 20.0 {
                self.fault(
                    "S127",
                    span,
                    "an effect on a logarithm of more than 20",
                    "20 multiplies odds or a hazard by half a billion; give less",
                );
            }
        }
    }

    // ---- amounts ----

    fn check_amounts(&mut self, plan: &Plan) {
        let file = self.file;
        for ((_, flow), of) in file.flow.entries.iter().zip(&plan.flows) {
            self.check_amount(of.level, flow.level.span, "of a delivery");
        }
        for ((_, violation), of) in file.violation.entries.iter().zip(&plan.violations) {
            let Some(harm) = &of.harm else { continue };
            let laws = [
                (&violation.further_deaths, harm.further_deaths),
                (&violation.injuries, harm.injuries),
                (&violation.burst_deaths, harm.burst_deaths),
            ];
            for (written, law) in laws {
                if let (Some(written), Some(law)) = (written, law) {
                    self.check_amount(law, written.span, "of people harmed at once");
                }
            }
        }
    }

    fn check_amount(&mut self, law: LawId, span: Span, what: &str) {
        let Some(sampler) = &self.laws[law.0 as usize].sampler else { return };
        if sampler.distribution().quantile(Prob::from_upper(1e-12)) > MOST_AMOUNT {
            self.fault(
                "S125",
                span,
                format!("a larger number {what} than the simulation counts"),
                "give a law that stays below 10^12",
            );
        }
    }

    // ---- waiting ----

    /// Tranches and milestones wait for each other; whoever waits for itself would wait forever.
    fn check_waiting(&mut self, plan: &Plan) {
        let tranches = plan.tranches.len();
        let nodes = tranches + plan.milestones.len();
        let edges = self.who_waits_for_whom(plan, tranches, nodes);
        let is_left = reach_a_circle(&edges);
        for start in (0..nodes).filter(|node| is_left[*node]) {
            let mut seen = vec![false; nodes];
            let mut todo = edges[start].clone();
            while let Some(at) = todo.pop() {
                if at == start {
                    self.report_circle(plan, start, tranches);
                    break;
                }
                if !std::mem::replace(&mut seen[at], true) {
                    todo.extend(&edges[at]);
                }
            }
        }
    }

    /// By node, tranches first and then milestones: the nodes it waits for.
    fn who_waits_for_whom(&self, plan: &Plan, tranches: usize, nodes: usize) -> Vec<Vec<usize>> {
        let mut edges = vec![Vec::new(); nodes];
        let dues = plan.tranches.iter().map(|t| &t.due).chain(plan.milestones.iter().map(|m| &m.due));
        for (node, due) in dues.enumerate() {
            match due {
                Due::After(Trigger::Tranche(t), _) => edges[node].push(*t),
                Due::After(Trigger::Milestone(m), _) => edges[node].push(tranches + m),
                _ => {}
            }
        }
        let mut releases = vec![Vec::new(); plan.cohorts.len()];
        for (index, tranche) in plan.tranches.iter().enumerate() {
            for follower in &tranche.followers {
                edges[*follower].push(index);
            }
            for item in tranche.leg.iter().flat_map(|l| l.items.range()).map(|i| &self.items[i]) {
                if item.people > 0 {
                    releases[item.cohort].push(index);
                }
            }
        }
        for (node, milestone) in (tranches..).zip(&plan.milestones) {
            edges[node].extend(&milestone.requires.tranches);
            edges[node].extend(milestone.requires.milestones.iter().map(|m| tranches + m));
            edges[node].extend(milestone.requires.released.iter().flat_map(|cohort| &releases[*cohort]));
        }
        edges
    }

    fn report_circle(&mut self, plan: &Plan, node: usize, tranches: usize) {
        let file = self.file;
        let (what, span, help) = if node < tranches {
            let name = &plan.tranches[node].name;
            let span = file
                .tranche
                .entries
                .iter()
                .find(|(n, _)| n.value == *name)
                .map_or(file.name.span, |(n, _)| n.span);
            (format!("tranche {name}"), span, "let it count from a tranche that comes before it")
        } else {
            let (name, span) =
                (&plan.milestones[node - tranches].name, file.milestone.entries[node - tranches].0.span);
            let help = "take one of the milestones on the way out of `requires` or `within`";
            (format!("milestone `{name}`"), span, help)
        };
        self.fault("S110", span, format!("{what} waits for itself"), help);
    }

    // ---- keys that need another ----

    /// A tranche of a decision at the end of the term needs that decision.
    fn check_decision(&mut self, tranche: &schema::Tranche, decision: schema::AtTermDecision) {
        let at_term = self.file.ending.as_ref().and_then(|e| e.at_term.as_ref());
        let while_talks = matches!(&self.file.term, Some(schema::Term::Table(t)) if t.while_talks.value);
        let never =
            |p: &crate::scenario::law::Param<crate::scenario::units::Probability>| p.known() == Some(0.0);
        let (is_possible, word, help) = match decision {
            schema::AtTermDecision::Extended => (
                while_talks || at_term.is_some_and(|a| !never(&a.extended)),
                "an extension",
                "give `ending.at_term.extended` a chance, or write `term.while_talks = true`",
            ),
            schema::AtTermDecision::CounterOffer => (
                at_term.is_some_and(|a| !never(&a.counter_offer)),
                "a counter-offer",
                "give `ending.at_term.counter_offer` a chance",
            ),
        };
        if !is_possible {
            let message = format!("this tranche belongs to {word}, and the term can have none");
            self.fault("S116", tranche.span, message, help);
        }
    }

    fn check_extensions(&mut self, plan: &Plan) {
        let most = plan.term.as_ref().and_then(|t| t.renewal.as_ref()).map(|r| u64::from(r.most));
        for (_, tranche) in &self.file.tranche.entries {
            let extension = match &tranche.extension {
                None => continue,
                Some(schema::ExtensionOf::Renewal(step)) => step,
                Some(schema::ExtensionOf::Decision(decision)) => {
                    self.check_decision(tranche, *decision);
                    continue;
                }
            };
            let help = "give the term a `renewal` with enough steps; the first extension is 1";
            match most {
                Some(most) if (1..=most).contains(&extension.value) => {}
                Some(most) => {
                    let message = format!(
                        "there is no extension {}: the term is renewed at most {most} times",
                        extension.value
                    );
                    self.fault("S116", extension.span, message, help);
                }
                None => self.fault(
                    "S116",
                    extension.span,
                    "this tranche belongs to an extension, and the term has none",
                    help,
                ),
            }
        }
        let rests: Vec<Span> = self
            .file
            .tranche
            .entries
            .iter()
            .filter(|(_, t)| matches!(t.release, Some(schema::Release::Rest(_))))
            .map(|(name, _)| name.span)
            .collect();
        if rests.len() > 1 {
            self.fault(
                "S109",
                rests[1],
                "two tranches release \"rest\"",
                "only one can release all whom no other names",
            );
        }
    }

    fn check_shares(&mut self) {
        let file = self.file;
        for (_, flow) in &file.flow.entries {
            let total: f64 = flow.region.entries.iter().map(|(_, s)| s.known().unwrap_or(0.0)).sum();
            if total > 1.0 + 1e-9 {
                self.fault(
                    "S114",
                    flow.region.span,
                    format!("the regions' shares add up to {total}, more than 1"),
                    "give shares that add up to at most 1",
                );
            }
        }
        if let Some(fault) = &file.fault {
            let known = fault.class.entries.iter().map(|(_, c)| c.share.known().unwrap_or(1.0)).sum::<f64>();
            if known <= 0.0 {
                self.fault(
                    "S120",
                    fault.class.span,
                    "all shares of the classes are zero",
                    "give at least one class a share above zero",
                );
            }
        }
        for (_, response) in &file.response.entries {
            if !response.holds.is_empty()
                && response.holds.entries.iter().all(|(_, w)| w.known() == Some(0.0))
            {
                self.fault(
                    "S120",
                    response.holds.span,
                    "all weights of the queues are zero",
                    "give at least one queue a weight above zero",
                );
            }
        }
        for (_, tranche) in &file.tranche.entries {
            let Some(composition) = &tranche.composition else { continue };
            let weights = &composition.weights;
            let all = tranche.from.as_ref().is_some_and(|from| {
                from.iter().all(|n| weights.get(&n.value).is_some_and(|w| w.known() == Some(0.0)))
            });
            if all {
                self.fault(
                    "S120",
                    weights.span,
                    "all weights are zero, so nobody could be chosen",
                    "give at least one cohort a weight above zero",
                );
            }
        }
    }

    /// An effect of trust without trust would do nothing.
    fn check_trust_is_there(&mut self) {
        let file = self.file;
        if file.trust.is_some() {
            return;
        }
        let mut spans: Vec<Span> = Vec::new();
        let mut look = |param: &Param<crate::scenario::units::Number>| {
            if param.known() != Some(0.0) {
                spans.push(param.span);
            }
        };
        if let Some(ending) = &file.ending {
            look(&ending.trust_effect);
            if let Some(at_term) = &ending.at_term {
                look(&at_term.trust_effect);
            }
        }
        file.response.entries.iter().for_each(|(_, r)| look(&r.trust_effect));
        for (_, event) in &file.event.entries {
            event.effect.trust.entries.iter().for_each(|(_, by)| look(by));
        }
        for span in spans {
            self.fault(
                "S116",
                span,
                "an effect of trust in a scenario without trust",
                "add `[trust]` with `base`, `up` and `down`, or leave the effect out",
            );
        }
    }

    fn check_obligations(&mut self, plan: &Plan) {
        let file = self.file;
        if let Some(list) = &file.round.list
            && let (Some(missing), None) = (&list.missing, &file.round.staging)
        {
            self.fault(
                "S116",
                missing.span,
                "a name is found missing at assembly, and rounds have none",
                "add `staging` to `[round]`",
            );
        }
        if let Some(fault) = &plan.fault {
            for (class, (_, written)) in fault.classes.iter().zip(fault_entries(file)) {
                let exists = match class.at {
                    StepKind::List => plan.list.is_some(),
                    StepKind::Handover | StepKind::Reciprocal => true,
                    step => self.steps.iter().any(|s| s.kind == step),
                };
                if !exists && !plan.tranches.is_empty() {
                    let message = format!(
                        "rounds have no step `{}` at which this could be alleged",
                        written.at.as_str()
                    );
                    self.fault(
                        "S116",
                        written.share.span,
                        message,
                        "add the step to `[round]`, or name one that is there",
                    );
                }
            }
        }
        for (name, flow) in &file.flow.entries {
            self.check_part(&name.value, flow);
        }
        for (name, _) in &file.milestone.entries {
            if name.value == "start" || name.value.starts_with("tranche ") {
                self.fault(
                    "S107",
                    name.span,
                    format!("`{}` means something else already", name.value),
                    "give the milestone another name",
                );
            }
        }
    }

    /// A part belongs to a whole that is not itself a part.
    fn check_part(&mut self, name: &str, flow: &schema::Flow) {
        let Some(whole) = &flow.part_of else { return };
        let is_part = self.file.flow.get(&whole.value).is_some_and(|f| f.part_of.is_some());
        if whole.value == name || is_part {
            let message =
                format!("`{}` is itself a part, so neither would be counted in the total", whole.value);
            self.fault("S110", whole.span, message, "name a flow that is no part of another");
        }
        if flow.from_day.value == 0 {
            self.fault("S111", flow.from_day.span, "days count from 1", "write `from_day = 1`");
        }
        if flow.short.as_ref().is_some_and(|s| s.window.value == 0) {
            self.fault("S112", flow.span, "a window of no days", "give `window = 1` or more");
        }
    }
}

fn fault_entries(file: &schema::Scenario) -> &[(crate::scenario::source::At<String>, schema::FaultClass)] {
    file.fault.as_ref().map_or(&[], |f| &f.class.entries)
}

fn size<U: Unit>(param: &Param<U>) -> (Span, f64) {
    let support = param.support();
    (param.span, support.low.abs().max(support.high.abs()))
}

/// By node, whether it waits for a circle or stands on one. Those that wait for nobody are taken away, then those that waited for them
/// alone, and so on (Kahn 1962); who is left reaches a circle.
fn reach_a_circle(edges: &[Vec<usize>]) -> Vec<bool> {
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (node, list) in edges.iter().enumerate() {
        list.iter().for_each(|other| waiting[*other].push(node));
    }
    let mut left: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut free: Vec<usize> = (0..edges.len()).filter(|node| left[*node] == 0).collect();
    while let Some(node) = free.pop() {
        for other in &waiting[node] {
            left[*other] -= 1;
            if left[*other] == 0 {
                free.push(*other);
            }
        }
    }
    left.iter().map(|count| *count > 0).collect()
}
