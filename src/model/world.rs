//! One replication: its event loop, and the services every mechanism uses. What its parts are is in `state`.

pub use super::ahead::Deliveries;
use super::balance::Categories;
use super::clock::Clock;
use super::draws::Draws;
use super::happening::{Happening, Observer};
use super::law::LawId;
use super::plan::{CAPTIVES, Event, Num, PRISONERS, Plan, Side, StreamId, Trigger};
pub(super) use super::state::*;
pub use super::state::{Change, ENDINGS, Ending, FIXED_SERIES, Phase, Series};
use super::subjects::Subjects;
use crate::kernel::calendar::Calendar;
use crate::kernel::stream::Domain;
use crate::kernel::{NEVER, Time};

/// The state of one replication. Made once a thread and used for many.
#[derive(Debug, Clone)]
pub struct World<'p, O> {
    pub(super) plan: &'p Plan,
    pub(super) observer: O,
    pub(super) draws: Draws<'p>,
    pub(super) calendar: Calendar,
    pub(super) now: Time,
    pub(super) is_over: bool,
    /// The hazard of collapse is integrated but never strikes.
    pub(super) is_spared: bool,
    /// The greatest timer that has rung at the present instant.
    pub(super) last_rung: u32,
    pub(super) phase: Phase,
    pub(super) started: Time,
    pub(super) term_end: Time,
    /// Draws of the known past are not made: the simulation has not begun.
    pub(super) in_past: bool,
    pub(super) suspended: u32,
    pub(super) suspended_since: Time,
    /// When the last suspension ended.
    pub(super) resumed: Time,
    pub(super) legs: Vec<Leg>,
    /// Tranches whose leg has begun and not ended, by side.
    pub(super) under_way: [Vec<u32>; 2],
    /// Queues held, and the latest time to which any queue is slowed. They tell at once that nothing of the kind is the case.
    pub(super) holding: u32,
    pub(super) slowed_until: Time,
    pub(super) lookup: super::lookup::Lookup,
    /// Legs by what first delayed them.
    pub(super) delayed_by: [i64; DELAY_CAUSES.len()],
    pub(super) trips: Vec<Vec<Time>>,
    pub(super) rounds: Vec<Round>,
    round_template: Vec<Round>,
    pub(super) items: Vec<u32>,
    item_template: Vec<u32>,
    pub(super) item_done: Vec<u32>,
    pub(super) held: Vec<u32>,
    pub(super) held_scratch: Vec<u32>,
    pub(super) released: Vec<u32>,
    pub(super) living: Vec<u32>,
    pub(super) living_left: Vec<u32>,
    /// Room for work, kept so that nothing allocates.
    pub(super) living_scratch: Vec<u32>,
    pub(super) weights: Vec<f64>,
    pub(super) key_owed: u32,
    pub(super) sides: [SideCounts; 2],
    /// Promises of tranches in the order of their due times: due, tranche, people; and how many have passed.
    pub(super) due_order: Vec<(Time, u32, u32)>,
    pub(super) due_passed: usize,
    /// Legs not carried out yet, by side.
    pub(super) categories: Categories,
    pub(super) undone: [i64; 2],
    pub(super) queues: Vec<QueueState>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) files: Vec<u32>,
    pub(super) servers: Vec<Option<u32>>,
    pub(super) available: Vec<bool>,
    pub(super) open_disputes: i64,
    pub(super) open_files: i64,
    pub(super) claims: Vec<u32>,
    pub(super) processes: Vec<ProcessState>,
    pub(super) violations: i64,
    /// What was drawn ahead: violations, and amounts by flow.
    pub(super) clusters: super::clusters::Clusters,
    pub(super) ahead: super::ahead::Ahead,
    pub(super) flows: Vec<FlowState>,
    pub(super) flow_total: i64,
    pub(super) milestones: Vec<MilestoneState>,
    pub(super) milestone_due: Vec<Time>,
    pub(super) talks: TalksState,
    pub(super) pulses: Vec<Pulse>,
    pub(super) factor: f64,
    pub(super) external_clocks: Vec<Clock>,
    pub(super) external_count: Vec<u64>,
    pub(super) deaths: Vec<Clock>,
    pub(super) trust: Vec<i64>,
    pub(super) trust_base: i64,
    pub(super) least_trust: Vec<i64>,
    pub(super) collapse: super::hazard::Hazard,
    pub(super) burst_until: Time,
    pub(super) collapsed_in: Option<Phase>,
    pub(super) decisions: u64,
    pub(super) was_extended: bool,
    pub(super) collapse_at: Time,
    pub(super) completed_at: Time,
    pub(super) captives_at: Time,
    pub(super) subjects: Subjects,
    pub(super) counts: Counts,
    pub(super) changes: Vec<Change>,
    pub(super) fact: usize,
    pub(super) past: super::past::Moments,
    pub(super) observed: Vec<(u64, u32)>,
}

impl<'p, O: Observer> World<'p, O> {
    /// A world for a plan, under a root seed. Allocates all it will need.
    pub fn new(plan: &'p Plan, seed: u64, domain: Domain, observer: O) -> Self {
        let tranches = plan.tranches.len();
        let round_template: Vec<Round> = plan.tranches.iter().map(|t| round_template(plan, t)).collect();
        let item_template: Vec<u32> = plan.items.iter().map(|i| i.people).collect();
        let people: Vec<u32> = plan.cohorts.iter().map(|c| c.people).collect();
        let servers = plan.mediation.as_ref().map_or(0, |m| m.servers.len());
        let mediators = plan.mediation.as_ref().map_or(0, |m| m.mediators.len());
        let draws = Draws::new(plan, seed, domain);
        let clusters = super::clusters::Clusters::new(plan, &draws, O::SEES);
        Self {
            plan,
            observer,
            draws,
            calendar: Calendar::new(plan.timers.len()),
            now: 0,
            is_over: false,
            is_spared: false,
            last_rung: 0,
            phase: Phase::NotBegun,
            started: NEVER,
            term_end: NEVER,
            in_past: false,
            suspended: 0,
            suspended_since: 0,
            resumed: 0,
            legs: vec![LEG; 2 * tranches],
            under_way: [Vec::with_capacity(tranches), Vec::with_capacity(tranches)],
            holding: 0,
            slowed_until: 0,
            lookup: super::lookup::Lookup::new(plan),
            delayed_by: [0; DELAY_CAUSES.len()],
            trips: (0..2 * tranches).map(|_| Vec::with_capacity(most_vehicles(plan))).collect(),
            rounds: round_template.clone(),
            round_template,
            items: item_template.clone(),
            item_done: vec![0; item_template.len()],
            item_template,
            held: Vec::with_capacity(4 * tranches),
            held_scratch: Vec::with_capacity(4 * tranches),
            released: vec![0; people.len()],
            living: people.clone(),
            living_scratch: people.clone(),
            living_left: people,
            weights: Vec::with_capacity(plan.items.len().max(64)),
            key_owed: 0,
            sides: Default::default(),
            due_order: Vec::with_capacity(2 * tranches),
            due_passed: 0,
            categories: Categories::new(plan.categories.len(), plan.items.len()),
            undone: [0; 2],
            queues: vec![QueueState::default(); plan.parties.len() * super::plan::CLASSES.len()],
            disputes: Vec::with_capacity(MANY),
            files: Vec::with_capacity(MANY),
            servers: vec![None; servers],
            available: vec![true; mediators],
            open_disputes: 0,
            open_files: 0,
            claims: vec![0; plan.parties.len()],
            processes: vec![ProcessState::default(); plan.violations.len()],
            violations: 0,
            clusters,
            ahead: super::ahead::Ahead::new(plan),
            flows: vec![FlowState::default(); plan.flows.len()],
            flow_total: 0,
            milestones: vec![MilestoneState::Dormant; plan.milestones.len()],
            milestone_due: vec![NEVER; plan.milestones.len()],
            talks: TalksState::default(),
            pulses: Vec::with_capacity(MANY),
            factor: 0.0,
            external_clocks: vec![Clock::default(); plan.externals.len() + plan.fronts.len()],
            external_count: vec![0; plan.externals.len()],
            deaths: vec![Clock::default(); plan.cohorts.len()],
            trust: vec![0; plan.parties.len()],
            trust_base: 0,
            least_trust: vec![0; plan.parties.len()],
            collapse: super::hazard::Hazard::with_room(MANY),
            burst_until: NEVER,
            collapsed_in: None,
            decisions: 0,
            was_extended: false,
            collapse_at: NEVER,
            completed_at: NEVER,
            captives_at: NEVER,
            subjects: Subjects::new(plan),
            counts: Counts::default(),
            changes: Vec::with_capacity(most_changes(plan)),
            fact: 0,
            past: super::past::Moments::new(plan.history.as_ref(), plan.violations.len(), 2 * tranches),
            observed: Vec::with_capacity(plan.history.as_ref().map_or(0, |h| h.facts.len())),
        }
    }

    /// Runs a replication to its end. What came of it is read by the methods of [`super::outcome`].
    pub fn run(&mut self, replication: u64) {
        self.start_run(replication);
        while self.step() {}
        self.finish();
    }

    /// Runs a replication under numbers drawn elsewhere: the twin of one whose numbers these are.
    pub fn run_under(&mut self, replication: u64, numbers: &[f64]) {
        self.draws.give(numbers);
        self.run(replication);
        self.draws.give(&[]);
    }

    /// The numbers of the last replication, with those drawn for it.
    pub fn numbers(&self) -> &[f64] {
        &self.draws.numbers
    }

    /// The observer, and what it saw.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// Changes of the daily trajectories in the last replication, in order of time; but for those of [`World::deliveries`].
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Daily trajectories of flows that nothing could change in the last replication.
    pub fn deliveries(&self) -> impl Iterator<Item = Deliveries<'_>> {
        self.ahead.deliveries()
    }

    /// How the truce stood when the last replication ended.
    pub fn ending(&self) -> Ending {
        match self.phase {
            Phase::Collapsed => Ending::Collapsed,
            Phase::NextPhase => Ending::NextPhase,
            Phase::Extended => Ending::Extended,
            Phase::Limbo => Ending::Expired,
            Phase::Holding | Phase::NotBegun if self.plan.term.is_some() && self.now >= self.term_end => {
                Ending::Expired
            }
            Phase::Holding | Phase::NotBegun => Ending::Ongoing,
        }
    }

    #[inline]
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Leg(tranche, side) => self.leg_goes_on(tranche as usize, Side::from(side)),
            Event::Violation(process) => self.violation_happens(process as usize),
            Event::Flow(flow) => self.delivery_happens(flow as usize),
            Event::Mediation(server) => self.attempt_ends(server as usize),
            Event::Horizon => self.is_over = true,
            Event::Term => self.term_ends(),
            Event::Collapse => self.collapse_now(),
            Event::Midnight => self.midnight(),
            other => self.happen_rarely(other),
        }
    }

    #[inline(never)]
    fn happen_rarely(&mut self, event: Event) {
        match event {
            Event::Fact => self.facts_happen(),
            Event::AsOf => self.past_ends(),
            Event::Start => self.start(),
            Event::External(event) => self.external_happens(event as usize),
            Event::FrontBreaks(front) => self.front_breaks(front as usize),
            Event::FrontExpires(front) => self.front_expires(front as usize),
            Event::TalksStart => self.talks_start(),
            Event::TalksEnd => self.talks_end(),
            Event::Milestone(milestone) => self.milestone_goes_on(milestone as usize),
            Event::List(tranche) => self.list_goes_on(tranche as usize),
            Event::Replacement(tranche, side) => self.replacement_arrives(tranche as usize, Side::from(side)),
            Event::Death(cohort) => self.death_happens(cohort as usize),
            Event::Outside(outside) => self.outsiders_released(outside as usize),
            Event::LegMissed(tranche, side) => self.leg_is_missed(tranche as usize, Side::from(side)),
            Event::MilestoneMissed(milestone) => self.milestone_is_missed(milestone as usize),
            Event::TalksMissed => self.talks_are_missed(),
            Event::BurstOver => self.update_hazard(),
            _ => unreachable!("handled by `happen`"),
        }
    }

    pub(super) fn reset(&mut self, replication: u64) {
        self.draws.streams.begin(replication);
        self.calendar.clear();
        self.now = 0;
        self.last_rung = 0;
        self.is_over = false;
        self.phase = Phase::NotBegun;
        self.started = NEVER;
        self.suspended = 0;
        self.resumed = 0;
        self.legs.fill(LEG);
        self.under_way.iter_mut().for_each(Vec::clear);
        self.holding = 0;
        self.slowed_until = 0;
        self.delayed_by = [0; DELAY_CAUSES.len()];
        self.rounds.copy_from_slice(&self.round_template);
        self.items.copy_from_slice(&self.item_template);
        self.item_done.fill(0);
        self.held.clear();
        self.released.fill(0);
        self.key_owed = 0;
        self.sides = Default::default();
        self.due_order.clear();
        self.due_passed = 0;
        self.categories.clear();
        self.undone = [0; 2];
        self.queues.fill(QueueState::default());
        self.disputes.clear();
        self.files.clear();
        self.servers.fill(None);
        self.open_disputes = 0;
        self.open_files = 0;
        self.claims.fill(0);
        self.processes.fill(ProcessState::default());
        self.violations = 0;
        self.flows.fill(FlowState::default());
        self.flow_total = 0;
        self.milestones.fill(MilestoneState::Dormant);
        self.milestone_due.fill(NEVER);
        self.talks = TalksState::default();
        self.pulses.clear();
        self.factor = 0.0;
        self.external_count.fill(0);
        self.burst_until = NEVER;
        self.collapse.begin(0.0, 0);
        self.collapsed_in = None;
        self.decisions = 0;
        self.was_extended = false;
        self.collapse_at = NEVER;
        self.completed_at = NEVER;
        self.captives_at = NEVER;
        self.subjects.clear();
        self.counts = Counts::default();
        self.changes.clear();
        self.ahead.begin();
        self.fact = 0;
        self.observed.clear();
    }

    pub(super) fn begin(&mut self) {
        if !self.plan.drawn.is_empty() {
            self.draws.draw_numbers();
        }
        self.clusters.begin(&self.draws);
        self.draw_factor();
        self.learn_conditions();
        self.term_end = self.plan.term.as_ref().map_or(NEVER, |term| term.end);
        self.set(self.plan.horizon_timer, self.plan.horizon);
        if let Some(term) = &self.plan.term {
            self.set(term.timer, term.end);
        }
        self.in_past = self.plan.history.is_some();
        match (&self.plan.history, self.plan.start_timer) {
            (Some(_), _) => self.begin_past(),
            (None, Some(timer)) => {
                let slip = self.start_slip();
                self.set(timer, slip);
            }
            (None, None) => self.start(),
        }
    }

    fn start_slip(&mut self) -> Time {
        let late = self.plan.start_delay.expect("a start timer exists only with a delay");
        if !self.hit(late.probability, self.plan.start_stream, 0) {
            return 0;
        }
        let by = self.draw(late.by, self.plan.start_stream, 1);
        crate::kernel::after(0, by)
    }

    /// The truce starts now; unless the past is known, so does the simulation.
    pub(super) fn start(&mut self) {
        self.phase = Phase::Holding;
        self.started = self.now;
        self.note(Happening::TruceStarted);
        self.begin_trust();
        self.set_dues();
        self.bundles_triggered(Trigger::Start);
        if self.in_past {
            self.launch_past();
        } else {
            self.launch();
        }
    }

    /// Starts every mechanism from the present state.
    pub(super) fn launch(&mut self) {
        self.launch_outside();
        self.launch_violations();
        self.launch_obligations();
        self.launch_ending();
        self.launch_mediation();
        // The known past ends at a midnight, which has not come yet; a truce that starts at one has had it.
        self.launch_midnights(if self.plan.history.is_some() { self.now } else { self.now + 1 });
        self.launch_rounds();
    }

    /// Sets the first midnight from a time on.
    pub(super) fn launch_midnights(&mut self, from: Time) {
        let Some(timer) = self.plan.midnight_timer else { return };
        let midnights = &self.plan.midnights[day_of(&self.plan.midnights, from)..];
        let next = midnights.iter().copied().find(|m| *m >= from);
        self.set(timer, next.unwrap_or(NEVER));
    }

    fn midnight(&mut self) {
        self.trust_returns();
        self.mediators_come_and_go();
        if !self.in_past {
            self.update_hazard();
        }
        self.launch_midnights(self.now + 1);
    }

    /// The replication is over: close what is still running.
    pub(super) fn finish(&mut self) {
        if self.suspended > 0 {
            self.counts.suspended_s += self.now - self.suspended_since;
        }
        self.count_what_ran_ahead();
        self.close_queues();
        self.close_subjects();
        self.close_balances();
        if self.phase != Phase::Collapsed {
            self.note(Happening::Ended);
        }
    }

    // ---- small services every mechanism uses ----

    /// Sets a timer.
    #[inline]
    pub(super) fn set(&mut self, timer: u32, time: Time) {
        self.calendar.set(timer as usize, time);
    }

    /// A number of the plan, as drawn for this replication.
    #[inline]
    pub(super) fn num(&self, num: Num) -> f64 {
        self.draws.num(num)
    }

    /// A draw from a law at an address.
    #[inline]
    pub(super) fn draw(&mut self, law: LawId, stream: StreamId, position: u64) -> f64 {
        self.draws.draw(law, stream, position)
    }

    /// Whether an event of a given probability happens at an address.
    #[inline]
    pub(super) fn hit(&mut self, probability: Num, stream: StreamId, position: u64) -> bool {
        self.draws.hit(probability, stream, position)
    }

    /// The value of a law at a word.
    #[inline]
    pub(super) fn value(&self, law: LawId, word: u64) -> f64 {
        self.draws.value(law, word)
    }

    /// A law as it is in this replication.
    pub(super) fn law_of(&self, law: LawId) -> Option<&crate::dist::Distribution> {
        self.draws.law(law)
    }

    /// Whether an event of probability `p` happens at an address.
    #[inline]
    pub(super) fn chance(&mut self, p: f64, stream: StreamId, position: u64) -> bool {
        self.draws.chance(p, stream, position)
    }

    /// A uniform in (0, 1) at an address.
    pub(super) fn uniform(&mut self, stream: StreamId, position: u64) -> f64 {
        self.draws.uniform(stream, position)
    }

    /// Tells the observer and counts.
    #[inline]
    pub(super) fn note(&mut self, what: Happening) {
        self.counts.events += i64::from(what.is_counted());
        if O::SEES {
            self.observer.see(self.now, what);
        }
    }

    /// Records a change of a daily trajectory.
    #[inline]
    pub(super) fn change(&mut self, series: usize, from: i64, to: i64) {
        let day = day_of(&self.plan.midnights, self.now) as u32;
        self.changes.push(Change { series: series as u32, day, from, to });
    }
}

/// Room for disputes, files and pulses of a replication: far more than occur, so that no later one has to make more.
pub(super) const MANY: usize = 1_024;

/// Room for the changes of a replication's trajectories but those of flows, likewise.
pub(super) const MANY_CHANGES: usize = 8 * MANY;

fn most_changes(plan: &Plan) -> usize {
    MANY_CHANGES + plan.flows.iter().map(|f| f.times.len()).sum::<usize>()
}

fn most_vehicles(plan: &Plan) -> usize {
    let lifts = plan.steps.iter().filter_map(|s| s.transfer.as_ref()?.lift);
    lifts.map(|(vehicles, _)| vehicles as usize).max().unwrap_or(0)
}

fn round_template(plan: &Plan, tranche: &super::plan::TranchePlan) -> Round {
    let is_agreed = tranche.extension.is_none() && !matches!(tranche.fill, super::plan::Fill::Extra { .. });
    Round {
        due: NEVER,
        from: NEVER,
        known: 0,
        legs: tranche.legs,
        is_agreed,
        has_begun: false,
        has_ended: false,
        is_next: !tranche.has_before,
        list_at: if plan.list.is_some() { NEVER } else { Time::MIN },
        list_is_due: false,
        fault: 0,
        over: 0,
        dead: [0; 2],
        wrong_sets: 0,
        is_owed_ahead: false,
        number: if let super::plan::Fill::Number { people, .. } = tranche.fill { people } else { 0 },
    }
}

/// The day (from 0) a time falls on.
#[inline]
pub fn day_of(midnights: &[Time], time: Time) -> usize {
    // Days are 24 hours but for daylight-saving changes, so the guess is right or off by one.
    let guess = ((time - midnights[0]) / crate::kernel::DAY).clamp(0, midnights.len() as i64 - 1) as usize;
    if midnights[guess] > time && guess > 0 {
        guess - 1
    } else if midnights.get(guess + 1).is_some_and(|next| *next <= time) {
        guess + 1
    } else {
        guess
    }
}

/// The other side.
pub(super) fn other(side: Side) -> Side {
    CAPTIVES + PRISONERS - side
}
