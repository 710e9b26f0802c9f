//! The agreed schedule: how many people are to be released by when, if everything happens on its due date.

use crate::kernel::Time;
use crate::model::plan::{CAPTIVES, Due, Fill, OwedOn, PRISONERS, Plan, Side, Trigger};

/// What the agreement promises, by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Due times in order, each with the people due then.
    pub due: [Vec<(Time, f64)>; 2],
    /// People of tranches without a date.
    pub undated: [f64; 2],
    /// Tranches that exist only if the term is prolonged; they are not counted.
    pub conditional: usize,
}

impl Schedule {
    /// Works out the schedule of the stated tranches. Where the agreement leaves open who comes, its order is followed; where it is not
    /// known who is alive, the key counts by the assumed chance. People whose time depends on something that has no date count as undated.
    pub fn of(plan: &Plan) -> Self {
        let mut draft = Draft::new(plan);
        let mut order: Vec<(Option<Time>, usize)> = (0..plan.stated_tranches)
            .filter(|t| !draft.is_conditional(*t))
            .map(|t| (draft.due(t, 0), t))
            .collect();
        // By date; what has none comes last.
        order.sort_by_key(|(due, tranche)| (due.unwrap_or(Time::MAX), *tranche));
        for (due, tranche) in &order {
            draft.captives(*due, *tranche);
        }
        draft.schedule.conditional = plan.stated_tranches - order.len();
        draft.schedule
    }

    /// People due by a time.
    pub fn by(&self, side: Side, time: Time) -> f64 {
        self.due[side].iter().take_while(|(due, _)| *due <= time).map(|(_, people)| people).sum()
    }

    /// Everybody with a date.
    pub fn in_all(&self, side: Side) -> f64 {
        self.by(side, Time::MAX)
    }

    /// The last due time.
    pub fn last(&self, side: Side) -> Option<Time> {
        self.due[side].last().map(|(due, _)| *due)
    }
}

struct Draft<'p> {
    plan: &'p Plan,
    /// People of each cohort that no tranche names and none has taken yet. "The rest" names nobody.
    open: Vec<f64>,
    /// People of each cohort released so far.
    released: Vec<f64>,
    /// What the ceiling of the key leaves.
    ceiling: f64,
    schedule: Schedule,
}

impl<'p> Draft<'p> {
    fn new(plan: &'p Plan) -> Self {
        let mut open: Vec<f64> = plan.cohorts.iter().map(|c| f64::from(c.people)).collect();
        let stated = plan.tranches[..plan.stated_tranches].iter();
        for tranche in stated.filter(|t| matches!(t.fill, Fill::Stated)) {
            for item in &plan.items[tranche.leg[CAPTIVES].items.range()] {
                open[item.cohort] -= f64::from(item.people);
            }
        }
        Self {
            plan,
            open,
            released: vec![0.0; plan.cohorts.len()],
            ceiling: plan.key_ceiling.map_or(f64::INFINITY, f64::from),
            schedule: Schedule { due: [Vec::new(), Vec::new()], undated: [0.0; 2], conditional: 0 },
        }
    }

    fn is_conditional(&self, tranche: usize) -> bool {
        self.plan.tranches[tranche].extension.is_some()
    }

    /// When a tranche is due, following what it counts from.
    fn due(&self, tranche: usize, depth: usize) -> Option<Time> {
        self.resolve(self.plan.tranches[tranche].due, depth)
    }

    fn resolve(&self, due: Due, depth: usize) -> Option<Time> {
        // What waits for itself is refused on loading; the bound only keeps this total.
        let is_bounded = depth <= self.plan.tranches.len() + self.plan.milestones.len();
        match due {
            Due::At(time) => Some(time),
            Due::Undated => None,
            Due::After(..) if !is_bounded => None,
            Due::After(Trigger::Start, after) => Some(after),
            Due::After(Trigger::Tranche(other), after) => self.due(other, depth + 1).map(|t| t + after),
            Due::After(Trigger::Milestone(other), after) => {
                self.resolve(self.plan.milestones[other].due, depth + 1).map(|t| t + after)
            }
        }
    }

    fn captives(&mut self, due: Option<Time>, tranche: usize) {
        let plan = self.plan;
        let leg = &plan.tranches[tranche].leg;
        let mut left = match plan.tranches[tranche].fill {
            Fill::Number { people, .. } => f64::from(people),
            _ => f64::INFINITY,
        };
        for item in &plan.items[leg[CAPTIVES].items.range()] {
            let people = match plan.tranches[tranche].fill {
                Fill::Stated => f64::from(item.people),
                _ => self.open[item.cohort].clamp(0.0, left),
            };
            if !matches!(plan.tranches[tranche].fill, Fill::Stated) {
                self.open[item.cohort] -= people;
                left -= people;
            }
            self.release(due, tranche, item.cohort, people);
        }
        for item in &plan.items[leg[PRISONERS].items.range()] {
            self.add(due, PRISONERS, f64::from(item.people));
        }
    }

    /// People of a cohort are released, and what that obliges the other side to goes on the same tranche.
    fn release(&mut self, due: Option<Time>, tranche: usize, cohort: usize, people: f64) {
        let plan = self.plan;
        if people <= 0.0 {
            return;
        }
        self.add(due, CAPTIVES, people);
        let before = self.released[cohort];
        self.released[cohort] += people;
        let of = &plan.cohorts[cohort];
        let is_first = before == 0.0;
        let is_last = self.released[cohort] >= f64::from(of.people);
        let alive = match of.living {
            Some(chance) => plan.numbers[chance.0 as usize].clamp(0.0, 1.0),
            None => f64::from(u8::from(!of.remains)),
        };
        for key in &of.key {
            let last = if is_last && alive > 0.0 { f64::from(key.last) } else { 0.0 };
            self.owe(due, tranche, key.owed, alive * f64::from(key.each) * people + last);
        }
        for key in &of.remains_key {
            self.owe(due, tranche, key.owed, (1.0 - alive) * f64::from(key.each) * people);
        }
        let comes = |owed_on: OwedOn| match owed_on {
            OwedOn::First(with) => with == cohort && is_first,
            OwedOn::Last(with) => with == cohort && is_last,
            OwedOn::Event(_) => false,
        };
        for bundle in plan.bundles.iter().filter(|b| comes(b.owed_on)) {
            for (owed, people) in &bundle.release {
                self.owe(due, tranche, *owed, f64::from(*people));
            }
        }
    }

    fn owe(&mut self, due: Option<Time>, tranche: usize, cohort: usize, people: f64) {
        let plan = self.plan;
        let people = people.min(self.ceiling);
        self.ceiling -= people;
        let mut items = plan.items[plan.tranches[tranche].leg[PRISONERS].items.range()].iter();
        if items.any(|item| item.cohort == cohort) {
            self.add(due, PRISONERS, people);
        }
    }

    fn add(&mut self, due: Option<Time>, side: Side, people: f64) {
        match due {
            _ if people <= 0.0 => {}
            Some(due) => self.schedule.due[side].push((due, people)),
            None => self.schedule.undated[side] += people,
        }
    }
}
