//! Idle keys among what was promised, how it is carried out, and what is known of it.

use super::{Search, any, moves};
use crate::scenario::schema::*;

const NO_DATE: &str = "there is no `day` that it is an hour of";
const GIVE_DAY: &str = "add `day`, or leave `at` out";
const NOBODY_DEAD: &str = "nobody who is to be released by the captives' side can be dead";

impl Search<'_> {
    pub(super) fn agreement(&mut self) {
        self.frame();
        self.holders();
        for (name, tranche) in &self.file.tranche.entries {
            self.tranche(&name.value, tranche);
        }
        for (name, milestone) in &self.file.milestone.entries {
            self.milestone(&name.value, milestone);
        }
        for (name, flow) in &self.file.flow.entries {
            self.flow(&name.value, flow);
        }
        if let Some(talks) = &self.file.talks {
            let answered = self.is_answered(&talks.owner.value);
            self.unanswered(&["talks", "missed"], answered, &talks.owner.value);
        }
        self.round();
        self.history();
    }

    /// Whether some party stands on the other side of `party` and could open a dispute.
    pub(super) fn is_answered(&self, party: &str) -> bool {
        let other = match self.file.party.get(party).map(|p| p.side) {
            Some(Side::Captives) => Side::Prisoners,
            Some(Side::Prisoners) => Side::Captives,
            Some(Side::Neither) => return false,
            // An unknown name is another fault.
            None => return true,
        };
        self.file.party.iter().any(|(_, p)| p.side == other)
    }

    /// What is missed by a party that nobody stands against opens no dispute.
    fn unanswered(&mut self, path: &[&str], answered: bool, owner: &str) {
        let message = format!("nobody stands on the other side of `{owner}` to open a dispute over this");
        self.refuse("S119", path, answered, message, "leave it out, or name an owner that is on a side");
    }

    fn holds_people(&self, party: &str) -> bool {
        self.file.cohort.iter().any(|(_, c)| c.held_by.value == party)
    }

    fn holds_on(&self, side: Side) -> bool {
        let on = |holder: &str| self.file.party.get(holder).is_none_or(|p| p.side == side);
        self.file.cohort.iter().any(|(_, c)| on(&c.held_by.value))
    }

    /// Whether anybody whom the captives' side holds is or may be dead at the handover.
    pub(super) fn somebody_dead(&self) -> bool {
        let holder_is_captives =
            |c: &Cohort| self.file.party.get(&c.held_by.value).is_none_or(|p| p.side == Side::Captives);
        self.file.cohort.iter().any(|(_, c)| holder_is_captives(c) && can_be_dead(c))
    }

    fn frame(&mut self) {
        let file = self.file;
        let slips = file.start_delay.is_some() || file.history.as_ref().is_some_and(|h| h.started.is_some());
        let late = file.days_from == DaysFrom::AgreedStart || slips;
        self.needs(
            &["days_from"],
            late,
            "the start cannot slip, so there is only one to count from",
            "add `start_delay`, or leave `days_from` out",
        );
        self.needs(
            &["key_ceiling"],
            !file.key.is_empty(),
            "there is no exchange key to put a ceiling on",
            "add `[key.COHORT]`, or leave `key_ceiling` out",
        );
        if let Some(Term::Table(term)) = &file.term {
            self.needs(
                &["term", "while_talks"],
                !term.while_talks.value || file.talks.is_some(),
                "there are no talks",
                "add `[talks]`, or leave `while_talks` out",
            );
        }
    }

    fn holders(&mut self) {
        let file = self.file;
        for (name, _) in &file.party.entries {
            let (name, holds) = (name.value.as_str(), self.holds_people(&name.value));
            let why = "this party holds nobody, so it has no steps";
            self.needs(&["party", name, "pace"], holds, why, "leave it out, or let the party hold a cohort");
            let why =
                if holds { "rounds have no list" } else { "this party holds nobody, so it owes no list" };
            let help = "add `[round.list]` and let the party hold a cohort, or leave `list_late` out";
            self.needs(&["party", name, "list_late"], holds && file.round.list.is_some(), why, help);
        }
        for (name, cohort) in &file.cohort.entries {
            self.needs(
                &["cohort", &name.value, "dies"],
                cohort.condition != Condition::Remains,
                "these are remains",
                "leave it out, or mend `condition`",
            );
        }
        for (name, _) in &file.key.entries {
            let dead = file.cohort.get(&name.value).is_none_or(can_be_dead);
            let why = "nobody of this cohort can be dead";
            let help = "leave it out, or give the cohort another `condition` or a rate at which it `dies`";
            self.needs(&["key", &name.value, "remains"], dead, why, help);
        }
    }

    fn tranche(&mut self, name: &str, tranche: &Tranche) {
        let at = |key| ["tranche", name, key];
        self.needs(&at("at"), tranche.day.is_some(), NO_DATE, GIVE_DAY);
        let by_number = tranche.people.is_some();
        let why = "it belongs to a number of `people`, and there is none";
        self.needs(&at("from"), by_number, why, "add `people`, or leave `from` out");
        self.needs(&at("composition"), by_number, why, "add `people` and `from`, or leave `composition` out");
        if let (true, Some(composition)) = (by_number, &tranche.composition) {
            self.composition(name, composition);
        }
    }

    fn composition(&mut self, name: &str, composition: &Composition) {
        let at = |key| ["tranche", name, "composition", key];
        let is = |rule| composition.rule == rule;
        let may_break = moves(&composition.breaks_order);
        let why = format!("the rule is \"{}\"", composition.rule.as_str());
        let help = "write `rule = \"choice\"`, or leave it out";
        let choice = is(CompositionRule::Choice);
        self.needs(&at("breaks_order"), choice || !may_break, &why, help);
        self.needs(&at("broken"), choice, &why, help);
        let help = "write `rule = \"weighted\"`, or leave it out";
        self.needs(&at("weights"), is(CompositionRule::Weighted), &why, help);
        if choice {
            let help = "give `breaks_order` a chance above zero, or leave `broken` out";
            self.needs(&at("broken"), may_break, "the order is never broken", help);
        }
    }

    fn milestone(&mut self, name: &str, milestone: &Milestone) {
        let at = |key| ["milestone", name, key];
        self.needs(&at("at"), milestone.day.is_some(), NO_DATE, GIVE_DAY);
        let is_due = milestone.day.is_some() || milestone.within.is_some();
        let help = "add `day` or `within`, or leave it out";
        for key in ["grace", "missed"] {
            self.needs(&at(key), is_due, "without a due time it is never late", help);
        }
        let answered = self.is_answered(&milestone.owner.value);
        self.unanswered(&at("missed"), answered || !is_due, &milestone.owner.value);
    }

    fn flow(&mut self, name: &str, flow: &Flow) {
        let file = self.file;
        self.needs(
            &["flow", name, "in_limbo"],
            file.term.is_some() || !moves(&flow.in_limbo),
            "without a term there is no limbo",
            "add `term`, or leave it out",
        );
        let Some(short) = &flow.short else { return };
        let opens = moves(&short.opens_dispute);
        let at = |key| ["flow", name, "short", key];
        let answered = !opens || self.is_answered(&flow.owner.value);
        self.unanswered(&at("opens_dispute"), answered, &flow.owner.value);
        let help = "give `opens_dispute` a chance above zero, or leave it out";
        self.needs(&at("severity"), opens, "no dispute opens over a short delivery", help);
    }

    fn round(&mut self) {
        let file = self.file;
        let round = &file.round;
        self.names();
        for (key, handover) in [("handover", &round.handover), ("reciprocal", &round.reciprocal)] {
            let Some(handover) = handover else { continue };
            let help = "add `sites`, or leave `gap` out";
            self.needs(&["round", key, "gap"], handover.sites.is_some(), "there is one site only", help);
            let lifts = handover.vehicles.is_some() || handover.capacity.is_some();
            let help = "add `vehicles` and `capacity`, or leave `turnaround` out";
            self.needs(&["round", key, "turnaround"], lifts, "there are no vehicles", help);
        }
        let gives = !self.file.cohort.is_empty() && !self.holds_on(Side::Prisoners);
        let help = "add a cohort that the prisoners' side holds, or leave it out";
        self.needs(&["round", "reciprocal"], !gives, "the prisoners' side holds nobody", help);
        let Some(identification) = &round.identification else { return };
        let help = "give a cohort another `condition` or a rate at which it `dies`, or leave this out";
        self.needs(&["round", "identification"], self.somebody_dead(), NOBODY_DEAD, help);
        let help = "give `mismatch` a chance above zero, or leave it out";
        for key in ["replacement", "missed"] {
            let why = "there are no mismatches";
            self.needs(&["round", "identification", key], moves(&identification.mismatch), why, help);
        }
    }

    fn names(&mut self) {
        let file = self.file;
        let Some(list) = &file.round.list else { return };
        let late = list.late.is_some() || file.party.iter().any(|(_, p)| p.list_late.is_some());
        let help = "add `late`, or leave `missed` out";
        self.needs(&["round", "list", "missed"], late, "the names are never late", help);
        let help = "give `refused` a chance above zero, or leave it out";
        self.needs(&["round", "list", "substitution"], moves(&list.refused), "no name is refused", help);
    }

    fn history(&mut self) {
        let Some(history) = &self.file.history else { return };
        let help = "add `[talks]`, or leave it out";
        self.needs(&["history", "talks_started"], self.file.talks.is_some(), "there are no talks", help);
        let why = "the known past says when the truce started";
        let help = "leave it out, or write the variant with `start_delay = \"none\"`";
        self.needs(&["start_delay"], false, why, help);
        for (number, fact) in history.release.iter().enumerate() {
            let path = ["history", "release", &number.to_string(), "completes"];
            let why = "no `tranche` is named that it could complete";
            self.needs(&path, fact.tranche.is_some(), why, "add `tranche`, or leave `completes` out");
        }
    }
}

fn can_be_dead(cohort: &Cohort) -> bool {
    cohort.condition != Condition::Living || any(cohort.dies.as_ref())
}
