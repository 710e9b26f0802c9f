//! Idle keys among what may go wrong, how parties answer, who settles, and how the truce ends.

use super::{Search, any, moves};
use crate::scenario::schema::*;

/// What the response of a party can come to.
struct Answers {
    /// Some answers slow a step.
    slow: bool,
    /// Some hold a queue.
    hold: bool,
    /// Whether to act at all is a matter of chance.
    vary: bool,
}

impl Search<'_> {
    pub(super) fn assumptions(&mut self) {
        for (name, violation) in &self.file.violation.entries {
            self.violation(&name.value, violation);
        }
        for (name, event) in &self.file.event.entries {
            let why = "there is no `day` that it is an hour of";
            let help = "add `day`, or leave `at` out";
            self.needs(&["event", &name.value, "at"], event.day.is_some(), why, help);
            self.effect("event", &name.value, &event.effect);
        }
        for (name, front) in &self.file.front.entries {
            let help = "add `expires`, or leave `renewed` out";
            let why = "this truce never expires";
            self.needs(&["front", &name.value, "renewed"], front.expires.is_some(), why, help);
            self.effect("front", &name.value, &front.effect);
        }
        self.classes();
        self.shared();
        for (name, response) in &self.file.response.entries {
            self.response(&name.value, response);
        }
        self.mediation();
        self.ending();
    }

    fn classes(&mut self) {
        let Some(fault) = &self.file.fault else { return };
        for (name, class) in &fault.class.entries {
            let possible = !class.remains_only.value || self.somebody_dead();
            let why = "nobody who is to be released by the captives' side can be dead";
            let help = "leave it out; as it stands this fault can never be alleged";
            self.needs(&["fault", "class", &name.value, "remains_only"], possible, why, help);
        }
    }

    fn violation(&mut self, name: &str, violation: &Violation) {
        let at = |key| ["violation", name, key];
        let (fatal, burst) = (moves(&violation.fatal), moves(&violation.burst));
        let help = "give `fatal` a chance above zero, or leave it out";
        for key in ["further_deaths", "fatal_opens_dispute"] {
            self.needs(&at(key), fatal, "no violation is fatal", help);
        }
        let help = "give `burst` a chance above zero, or leave it out";
        for key in ["burst_deaths", "burst_opens_dispute"] {
            self.needs(&at(key), burst, "there are no bursts", help);
        }
        let opens = [
            ("opens_dispute", moves(&violation.opens_dispute)),
            ("fatal_opens_dispute", fatal && any(violation.fatal_opens_dispute.as_ref())),
            ("burst_opens_dispute", burst && any(violation.burst_opens_dispute.as_ref())),
        ];
        let some = opens.iter().any(|(_, opens)| *opens);
        let by_severity = violation.by_severity.value;
        let help = "give `opens_dispute` a chance above zero, or leave it out";
        self.needs(&at("by_severity"), some || !by_severity, "no violation opens a dispute", help);
        let answered = violation.claimed_by.is_some() || self.is_answered(name);
        for (key, opens) in opens {
            let message = format!("nobody stands on the other side of `{name}` to open a dispute over this");
            let help = "name the party that alleges it: `claimed_by = \"...\"`";
            self.refuse("S119", &at(key), answered || !opens, message, help);
        }
        let help = "let a process excite this one under `excites`, or leave `memory` out";
        self.needs(&at("memory"), self.is_excited(name), "nothing brings on violations of this party", help);
    }

    fn is_excited(&self, name: &str) -> bool {
        let file = self.file;
        let effects = file.event.iter().map(|(_, e)| &e.effect);
        let mut effects = effects.chain(file.front.iter().map(|(_, f)| &f.effect));
        file.violation.iter().any(|(_, v)| any(v.excites.get(name)))
            || effects.any(|e| any(e.violations.get(name)))
    }

    fn effect(&mut self, table: &str, name: &str, effect: &Effect) {
        let at = |key| [table, name, "effect", key];
        let pulses = [&effect.collapse, &effect.settles, &effect.extension];
        let why = "nothing here decays: there is no pulse of `collapse`, `settles` or `extension`";
        let help = "add one of them, or leave `decays` out";
        self.needs(&at("decays"), pulses.into_iter().any(moves), why, help);
        self.risks(&at, pulses);
    }

    /// Loadings on the hazard of collapse, on settlement and on extension.
    fn risks<'p, const N: usize>(
        &mut self,
        at: &impl Fn(&'static str) -> [&'p str; N],
        [collapse, settles, extension]: [&crate::scenario::law::Param<crate::scenario::units::Number>; 3],
    ) {
        let file = self.file;
        let help = "add `[ending]`, or leave it out";
        let why = "nothing here can collapse: there is no `[ending]`";
        self.needs(&at("collapse"), file.ending.is_some() || !moves(collapse), why, help);
        let help = "add `[mediation]`, or leave it out";
        let why = "nobody settles disputes: there is no `[mediation]`";
        self.needs(&at("settles"), file.mediation.is_some() || !moves(settles), why, help);
        let help =
            "give the term a `renewal` or `ending.at_term` a chance of being `extended`, or leave it out";
        let extends = self.renews() || self.extends();
        self.needs(&at("extension"), extends || !moves(extension), "the term is never extended", help);
    }

    fn renews(&self) -> bool {
        matches!(&self.file.term, Some(Term::Table(term)) if term.renewal.is_some())
    }

    /// Whether the decision at the term may be an extension.
    fn extends(&self) -> bool {
        let at_term = self.file.ending.as_ref().and_then(|e| e.at_term.as_ref());
        self.file.term.is_some() && at_term.is_some_and(|a| moves(&a.extended))
    }

    fn shared(&mut self) {
        let file = self.file;
        let Some(shared) = &file.shared else { return };
        self.risks(&|key| ["shared", key], [&shared.collapse, &shared.settles, &shared.extension]);
        let violates = !file.violation.is_empty() || !moves(&shared.violations);
        let help = "add `[violation.PARTY]`, or leave it out";
        self.needs(&["shared", "violations"], violates, "there are no violations", help);
    }

    // ---- answers ----

    fn answers(&self, response: &Response) -> Answers {
        let escalates = self.file.mediation.as_ref().is_some_and(|m| m.unsettled == Unsettled::Escalates);
        let (slow, hold, vary) = match (response.policy, &response.odds) {
            (None, Some(odds)) => (moves(&odds.slow), moves(&odds.hold), moves(&odds.absorb)),
            (Some(Policy::Proportional), _) => (false, true, true),
            (Some(Policy::Strict), _) => (false, true, false),
            _ => (false, false, false),
        };
        Answers { slow, hold: hold || escalates, vary }
    }

    fn response(&mut self, name: &str, response: &Response) {
        let why = "nothing is ever alleged by this party: the first of each side answers, or whom `claimed_by` names";
        let help = "name the party under `claimed_by` somewhere, or leave its response out";
        if self.file.party.get(name).is_some() && !self.is_claimant(name) {
            let message = format!("the response of `{name}` has no effect: {why}");
            return self.refuse("S128", &["response", name], false, message, help);
        }
        if response.policy.is_some() && response.odds.is_some() {
            return;
        }
        let answers = self.answers(response);
        let at = |key| ["response", name, key];
        let is_proportional = response.policy == Some(Policy::Proportional);
        let help = "write `policy = \"proportional\"`, or leave `generosity` out";
        self.needs(&at("generosity"), is_proportional, "it belongs to the proportional policy", help);
        let help = "give `odds.slow` a weight above zero, or leave `slows_by` out";
        self.needs(&at("slows_by"), answers.slow, "this party never answers by slowing", help);
        let help = "choose a policy or odds that may hold, or leave it out";
        for key in ["holds", "nothing_due"] {
            self.needs(&at(key), answers.hold, "this party never answers by a hold", help);
        }
        let effects = [
            ("severity_effect", &response.severity_effect),
            ("trust_effect", &response.trust_effect),
            ("memory_effect", &response.memory_effect),
        ];
        let why = "whether this party acts is no matter of chance, so there are no odds to move";
        let help = "choose `policy = \"proportional\"` or odds with a weight of `absorb`, or leave it out";
        for (key, effect) in effects {
            self.needs(&at(key), answers.vary || !moves(effect), why, help);
        }
    }

    /// Whether anything can be alleged by a party.
    fn is_claimant(&self, name: &str) -> bool {
        let file = self.file;
        let side = file.party.get(name).map(|p| p.side);
        let first =
            file.party.iter().find(|(_, p)| Some(p.side) == side).is_some_and(|(n, _)| n.value == name);
        let faults = file.fault.iter().flat_map(|f| f.class.iter().map(|(_, c)| c.claimed_by.as_ref()));
        let violations = file.violation.iter().map(|(_, v)| v.claimed_by.as_ref());
        let events = file.event.iter().map(|(_, e)| e.dispute.as_ref().map(|d| &d.claimed_by));
        (first && side != Some(Side::Neither))
            || faults.chain(violations).chain(events).flatten().any(|n| n.value == name)
    }

    // ---- mediation and endings ----

    fn mediation(&mut self) {
        let Some(mediation) = &self.file.mediation else { return };
        let help = "give each mediator its `files`, and leave `files_at_once` out";
        let why = "mediators are named, and each has its own `files`";
        self.needs(&["mediation", "files_at_once"], mediation.mediator.is_empty(), why, help);
        let help = "write `unsettled = \"open file\"`, or leave it out";
        let stays = mediation.unsettled == Unsettled::OpenFile;
        self.needs(&["mediation", "open_file_keeps_hold"], stays, "no file stays open", help);
    }

    fn ending(&mut self) {
        let file = self.file;
        let Some(ending) = &file.ending else { return };
        let help = "add `term`, or leave it out";
        for key in ["at_term", "limbo"] {
            self.needs(&["ending", key], file.term.is_some(), "there is no term that runs out", help);
        }
        let bursts = file.violation.iter().any(|(_, v)| moves(&v.burst));
        let help = "give a violation process a chance of a `burst`, or leave it out";
        self.needs(
            &["ending", "burst_effect"],
            bursts || !moves(&ending.burst_effect),
            "there are no bursts",
            help,
        );
        let help = "give `burst_effect`, or leave `burst_lasts` out";
        self.needs(
            &["ending", "burst_lasts"],
            moves(&ending.burst_effect),
            "a burst has no effect here",
            help,
        );
        let opens = file.mediation.as_ref().is_some_and(|m| m.unsettled == Unsettled::OpenFile);
        let help = "add `[mediation]` with `unsettled = \"open file\"`, or leave it out";
        let still = !moves(&ending.open_file_effect);
        self.needs(&["ending", "open_file_effect"], opens || still, "no file stays open", help);
        let later =
            file.term.is_some() && (ending.at_term.is_some() || self.renews() || file.talks.is_some());
        let help = "add `at_term`, a `renewal` of the term or `[talks]`, or leave it out";
        let why = "there is neither an extension nor a next phase";
        self.needs(&["ending", "later_collapse"], later, why, help);
        if let (Some(at_term), true) = (&ending.at_term, file.term.is_some()) {
            self.at_term(at_term);
        }
    }

    fn at_term(&mut self, at_term: &AtTerm) {
        let at = |key| ["ending", "at_term", key];
        let extends = moves(&at_term.extended);
        let help = "give `extended` a chance above zero, or leave it out";
        let why = "no extension is ever agreed";
        self.needs(&at("length"), extends, why, help);
        self.needs(&at("talks_effect"), extends || !moves(&at_term.talks_effect), why, help);
        self.needs(&at("progress_effect"), extends || !moves(&at_term.progress_effect), why, help);
        self.needs(&at("trust_effect"), extends || !moves(&at_term.trust_effect), why, help);
        if extends {
            let has = self.file.talks.is_some();
            let help = "add `[talks]`, or leave it out";
            for (key, effect) in
                [("talks_effect", &at_term.talks_effect), ("progress_effect", &at_term.progress_effect)]
            {
                self.needs(&at(key), has || !moves(effect), "there are no talks", help);
            }
        }
        let help = "give `counter_offer` a chance above zero, or leave it out";
        self.needs(&at("counter_length"), moves(&at_term.counter_offer), "there is no counter-offer", help);
    }
}
