//! Questions a replication answers with one whole number.

use serde::Serialize;

use super::Days;
use super::paper::Paper;
use crate::kernel::Time;
use crate::model::plan::{CAPTIVES, Fact, PRISONERS, Plan, Side};

/// What an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Local days, from 1; the day after the last asked about stands for later and never.
    Day,
    /// People.
    People,
    /// 0 or 1.
    Event,
    /// Units of a flow.
    Amount,
    /// Violations.
    Count,
}

/// What is asked. Times are those of the plan; indices refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Ask {
    /// The day on which a leg is carried out, `last + 1` if not by then. Remains count at their handover.
    LegDay {
        /// The tranche.
        tranche: usize,
        /// Whose leg.
        side: Side,
        /// The last day asked about.
        last: i64,
    },
    /// The days between the days of two legs: what joint scores need.
    Apart {
        /// Which two.
        legs: [(usize, Side); 2],
        /// The last day asked about.
        last: i64,
    },
    /// People released by a moment.
    Released {
        /// Whose.
        side: Side,
        /// By when.
        by: Time,
    },
    /// Whether prisoners of any of these tranches followed the captives by more than so long.
    LagOver {
        /// The tranches.
        tranches: Vec<usize>,
        /// The lag, in seconds.
        lag: Time,
        /// What has not come by then has not come.
        by: Time,
    },
    /// Whether as many captives are back as the present term promises.
    PromisedBack {
        /// How many.
        people: i64,
        /// By when.
        by: Time,
    },
    /// Whether releases of a side are held, or the truce suspended, at any time after `from`, be it since before.
    Held {
        /// Whose.
        side: Side,
        /// After when.
        from: Time,
        /// By when.
        by: Time,
    },
    /// Whether remains that are handed over after `from` turn out not to be the person named.
    Mismatch {
        /// After when.
        from: Time,
        /// By when.
        by: Time,
    },
    /// Whether talks have started.
    TalksStarted {
        /// By when.
        by: Time,
    },
    /// Whether talks have agreed.
    TalksAgreed {
        /// By when.
        by: Time,
    },
    /// Whether the truce has collapsed.
    Collapsed {
        /// By when.
        by: Time,
    },
    /// What a flow delivers, over whole days.
    Delivered {
        /// The flow.
        flow: usize,
        /// After when.
        from: Time,
        /// By when.
        by: Time,
    },
    /// Violations alleged from the start on.
    Violations {
        /// The process.
        process: usize,
        /// By when.
        by: Time,
    },
    /// Whether a milestone is met.
    Milestone {
        /// Which.
        milestone: usize,
        /// By when.
        by: Time,
    },
}

/// A question and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Its name, in output.
    pub name: String,
    /// What is asked.
    pub ask: Ask,
    /// The last day it looks at.
    pub by_day: i64,
}

impl Question {
    /// What its answers count.
    pub fn unit(&self) -> Unit {
        match self.ask {
            Ask::LegDay { .. } | Ask::Apart { .. } => Unit::Day,
            Ask::Released { .. } => Unit::People,
            Ask::Delivered { .. } => Unit::Amount,
            Ask::Violations { .. } => Unit::Count,
            _ => Unit::Event,
        }
    }
}

/// The words for the sides in names of questions.
pub const SIDES: [&str; 2] = ["captives", "prisoners"];

/// The longest lag of the prisoners that is no delay: a day.
pub const LONG_LAG: Time = 86_400;

/// Makes questions for a plan.
#[derive(Debug, Clone)]
pub struct Asker<'p> {
    plan: &'p Plan,
    days: Days<'p>,
    /// What is on paper after the known past.
    pub paper: Paper<'p>,
    /// The end of the known past; the start where there is none.
    pub as_of: Time,
}

impl<'p> Asker<'p> {
    /// For a plan, from the end of its known past on.
    pub fn new(plan: &'p Plan) -> Asker<'p> {
        let as_of = plan.history.as_ref().map_or(0, |history| history.as_of);
        Asker { plan, days: Days::of(plan), paper: Paper::of(plan), as_of }
    }

    fn ask(&self, name: String, by_day: i64, ask: Ask) -> Question {
        Question { name, ask, by_day }
    }

    /// Legs of stated tranches that are still to come and have somebody on them.
    pub fn legs_to_come(&self) -> Vec<(usize, Side)> {
        let legs = (0..self.plan.stated_tranches).flat_map(|t| [(t, CAPTIVES), (t, PRISONERS)]);
        legs.filter(|(t, side)| self.paper.is_to_come(*t, *side)).collect()
    }

    /// The day of a leg.
    pub fn leg(&self, tranche: usize, side: Side, last: i64) -> Question {
        let name = format!("{}.{}.day", SIDES[side], self.plan.tranches[tranche].name);
        self.ask(name, last, Ask::LegDay { tranche, side, last })
    }

    /// The days between two legs.
    pub fn apart(&self, legs: [(usize, Side); 2], last: i64) -> Question {
        let of =
            |(tranche, side): (usize, Side)| format!("{}.{}", SIDES[side], self.plan.tranches[tranche].name);
        self.ask(format!("days between {} and {}", of(legs[0]), of(legs[1])), last, Ask::Apart { legs, last })
    }

    /// People of a side released by the end of a day.
    pub fn released(&self, side: Side, day: i64) -> Question {
        let name = format!("{}.released_by_day_{day}", SIDES[side]);
        self.ask(name, day, Ask::Released { side, by: self.days.end(day) })
    }

    /// The yes-or-no questions about the time to the end of a day.
    pub fn events(&self, day: i64, people: i64, lagging: Vec<usize>) -> Vec<Question> {
        let (from, by) = (self.as_of, self.days.end(day));
        let mut list = vec![
            self.ask(format!("promised_captives_back_by_day_{day}"), day, Ask::PromisedBack { people, by }),
            self.collapsed(day),
        ];
        for side in [CAPTIVES, PRISONERS] {
            let name = format!("releases_of_{}_held_by_day_{day}", SIDES[side]);
            list.push(self.ask(name, day, Ask::Held { side, from, by }));
        }
        if !lagging.is_empty() {
            let ask = Ask::LagOver { tranches: lagging, lag: LONG_LAG, by };
            list.push(self.ask(format!("prisoners_lag_over_24h_by_day_{day}"), day, ask));
        }
        if self.plan.identifies && self.plan.cohorts.iter().any(|c| c.remains || c.living.is_some()) {
            list.push(self.ask(format!("mismatch_by_day_{day}"), day, Ask::Mismatch { from, by }));
        }
        list
    }

    /// Whether the truce has collapsed by the end of a day.
    pub fn collapsed(&self, day: i64) -> Question {
        self.ask(format!("collapsed_by_day_{day}"), day, Ask::Collapsed { by: self.days.end(day) })
    }

    /// Talks started, or agreed, by the end of a day.
    pub fn talks(&self, agreed: bool, day: i64) -> Question {
        let by = self.days.end(day);
        if agreed {
            self.ask(format!("talks_agreed_by_day_{day}"), day, Ask::TalksAgreed { by })
        } else {
            self.ask(format!("talks_started_by_day_{day}"), day, Ask::TalksStarted { by })
        }
    }

    /// What a flow delivers from the beginning of one day to the end of another.
    pub fn delivered(&self, flow: usize, days: (i64, i64)) -> Question {
        let flow_name = &self.plan.flows[flow].name;
        let name = match days {
            (first, last) if first == last => format!("flow.{flow_name}.day_{first}"),
            (first, last) => format!("flow.{flow_name}.days_{first}_to_{last}"),
        };
        let ask = Ask::Delivered { flow, from: self.days.end(days.0 - 1), by: self.days.end(days.1) };
        self.ask(name, days.1, ask)
    }

    /// Violations of a process by the end of a day.
    pub fn violations(&self, process: usize, day: i64) -> Question {
        let name = format!("violations.{}.by_day_{day}", self.plan.violations[process].name);
        self.ask(name, day, Ask::Violations { process, by: self.days.end(day) })
    }

    /// Whether a milestone is met by the end of a day.
    pub fn milestone(&self, milestone: usize, day: i64) -> Question {
        let name = format!("milestone.{}.by_day_{day}", self.plan.milestones[milestone].name);
        self.ask(name, day, Ask::Milestone { milestone, by: self.days.end(day) })
    }

    /// Everything a forecast tells of what comes next.
    pub fn all(&self) -> Vec<Question> {
        let (today, term, last) = (self.days.day(self.as_of - 1), self.days.of_term(), self.days.last());
        let to_come = self.legs_to_come();
        let end = if term > today { term } else { last };
        let mut list: Vec<Question> = to_come.iter().map(|(t, side)| self.leg(*t, *side, last)).collect();
        // Day by day where that is a fan one can look at, else by weeks.
        let step = if end - today <= 92 { 1 } else { 7 };
        let days = (1..).map(|k| today + step * k).take_while(|day| *day < end).chain([end]);
        for day in days.take(1_000) {
            list.extend([self.released(CAPTIVES, day), self.released(PRISONERS, day)]);
        }
        let lagging = to_come.iter().filter(|(_, side)| *side == PRISONERS).map(|(t, _)| *t).collect();
        list.extend(self.events(end, self.paper.captives_promised(), lagging));
        if last > end {
            list.push(self.collapsed(last));
        }
        if let Some(talks) = &self.plan.talks {
            let day = self.days.day(talks.agree_by - 1).max(today + 1);
            list.extend([self.talks(false, end), self.talks(true, day.min(last))]);
        }
        list.extend((0..self.plan.flows.len()).map(|flow| self.delivered(flow, (today + 1, end))));
        list.extend((0..self.plan.violations.len()).map(|process| self.violations(process, end)));
        let open = (0..self.plan.milestones.len()).filter(|milestone| !self.is_met(*milestone));
        list.extend(open.map(|milestone| self.milestone(milestone, end)));
        list
    }

    /// Whether a milestone was met in the known past.
    fn is_met(&self, milestone: usize) -> bool {
        let facts = self.plan.history.iter().flat_map(|history| &history.facts);
        facts.into_iter().any(|fact| matches!(fact.what, Fact::Met(met) if met == milestone))
    }
}
