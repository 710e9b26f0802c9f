//! What was promised: parties, cohorts, the exchange key, tranches, milestones, flows, talks and the term.

use super::*;

table! {
    /// A party bound by the truce, an agency that holds people, or a guarantor that owns an obligation.
    pub struct Party {
        /// Which side of the exchange it is on.
        pub side: Side,
        /// A longer name for output.
        pub label: Option<At<String>>,
        /// How late its lists are; default: `round.list.late`.
        pub list_late: Option<Late>,
        /// How much longer its steps take than stated: 1 leaves them as they are.
        pub pace: Param<NonNegative> = Param::implied(1.0),
    }
}

choice! {
    /// A side of the exchange.
    pub enum Side {
        /// Holds the captives.
        Captives = "captives",
        /// Holds the prisoners.
        Prisoners = "prisoners",
        /// Holds nobody: a guarantor or an outside state.
        Neither = "neither",
    }
}

table! {
    /// People released under one rule.
    pub struct Cohort {
        /// The party in whose custody they are.
        pub held_by: At<String>,
        /// How many.
        pub people: At<u64>,
        /// A category that several cohorts may share, for output.
        pub category: Option<At<String>>,
        /// Whether they are alive, as far as the other side knows.
        pub condition: Condition = Condition::Living,
        /// For people of unknown condition: the chance that one is alive.
        pub living: Option<Param<Probability>>,
        /// Deaths in custody, per person.
        pub dies: Option<Param<PerSecond>>,
        /// For remains: the time until each set is located. Default: located.
        pub located: Option<Law<Seconds>>,
        /// Shares of those released who go elsewhere or abroad; the rest go home.
        pub goes: Named<Param<Probability>> = Named::default(),
    }
}

choice! {
    /// What the other side knows of a cohort's people.
    pub enum Condition {
        /// Alive.
        Living = "living",
        /// Dead; their remains are to be returned.
        Remains = "remains",
        /// Not known until a status list or the handover.
        Unknown = "unknown",
    }
}

table! {
    /// What the release of one cohort's people obliges the other side to.
    pub struct Key {
        /// People released for each living person, by cohort.
        pub per_person: Named<At<u64>> = Named::default(),
        /// People released for the whole cohort, by cohort: everyone carries the whole share, the last one the remainder.
        pub group: Named<At<u64>> = Named::default(),
        /// People released for each one returned dead, by cohort.
        pub remains: Named<At<u64>> = Named::default(),
    }
}

table! {
    /// People released once, when something else has happened.
    pub struct Bundle {
        /// Who is released.
        pub release: Named<At<u64>>,
        /// The cohort whose release makes them owed.
        pub with: Option<At<String>>,
        /// Which release of that cohort; default: the last of its people.
        pub when: Option<BundleWhen>,
        /// Or what else makes them owed: "start", "tranche 3", or a milestone's name.
        pub after: Option<At<String>>,
    }
}

choice! {
    /// Which release of a cohort brings a bundle.
    pub enum BundleWhen {
        /// The first of its people.
        First = "first",
        /// The last of its people.
        All = "all",
    }
}

table! {
    /// What the agreement promises at one time: who, by when, for whom.
    pub struct Tranche {
        /// The day it is due; day 1 is the date of the agreed start.
        pub day: Option<At<i64>>,
        /// The local hour it is due. Default: the hour of the agreed start.
        pub at: Option<Hour>,
        /// Due within a time after something else. With neither this nor `day` it has no date and is carried out when it can be.
        pub within: Option<Within>,
        /// Who is released: people by cohort, or "rest" for all captives no tranche names.
        pub release: Option<Release>,
        /// A number of people whose cohorts are left to the rule in `composition`, taken from the cohorts in `from`.
        pub people: Option<At<u64>>,
        /// The cohorts `people` may come from, in the agreed order.
        pub from: Option<Vec<At<String>>>,
        /// How the holder fills the number.
        pub composition: Option<Composition>,
        /// People the other side releases in return beyond what the key says.
        pub reciprocal: Named<At<u64>> = Named::default(),
        /// Which leg comes first; default: `round.legs`.
        pub legs: Option<Legs>,
        /// What it waits for besides its time; default: `round.waits_for`.
        pub waits_for: Option<WaitsFor>,
        /// Belongs to the n-th renewal of the term, to "counter-offer" or to "extended", and exists only if that is agreed.
        pub extension: Option<ExtensionOf>,
    }
}

/// Who a tranche releases.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub enum Release {
    /// "rest": all captives no other tranche names.
    Rest(At<String>),
    /// People by cohort.
    People(Named<At<u64>>),
}

impl Read for Release {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match &node.kind {
            Kind::String(text) if text == "rest" => At::read(node, r).map(Self::Rest),
            Kind::String(_) => {
                let fault = Diagnostic::new("S013", node.span, "a release is people by cohort, or \"rest\"");
                r.refuse(fault.help("write `release = { women = 3 }` or `release = \"rest\"`"))
            }
            _ => Named::read(node, r).map(Self::People),
        }
    }
}

/// The extension a tranche belongs to.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub enum ExtensionOf {
    /// The n-th renewal of the term.
    Renewal(At<u64>),
    /// What is decided when the term runs out.
    Decision(AtTermDecision),
}

impl Read for ExtensionOf {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match &node.kind {
            Kind::String(_) => AtTermDecision::read(node, r).map(Self::Decision),
            _ => At::read(node, r).map(Self::Renewal),
        }
    }
}

choice! {
    /// A decision at the end of the term to which tranches may belong.
    pub enum AtTermDecision {
        /// The term is extended.
        Extended = "extended",
        /// A counter-offer replaces it.
        CounterOffer = "counter-offer",
    }
}

table! {
    /// A time counted from another happening.
    pub struct Within {
        /// What it counts from: "start", "tranche 3", or a milestone's name.
        pub after: At<String>,
        /// The deadline after it.
        pub by: Duration,
    }
}

table! {
    /// How a holder fills a tranche that states only a number.
    pub struct Composition {
        /// The rule.
        pub rule: CompositionRule = CompositionRule::Fixed,
        /// For "choice": the chance that the holder breaks the agreed order.
        pub breaks_order: Param<Probability> = Param::implied(0.0),
        /// What follows when the order is broken.
        pub broken: Option<Missed>,
        /// For "weighted": the weight of each cohort, per person still held.
        pub weights: Named<Param<NonNegative>> = Named::default(),
    }
}

choice! {
    /// The rule by which a holder fills a number.
    pub enum CompositionRule {
        /// In the agreed order.
        Fixed = "fixed",
        /// In the agreed order unless the holder breaks it.
        Choice = "choice",
        /// One by one, at random, by weight.
        Weighted = "weighted",
    }
}

choice! {
    /// Which leg of a round comes first.
    pub enum Legs {
        /// Prisoners are released after the captives are confirmed.
        CaptivesFirst = "captives first",
        /// Both at once.
        Simultaneous = "simultaneous",
        /// Captives are released after the prisoners.
        PrisonersFirst = "prisoners first",
    }
}

choice! {
    /// What a round waits for besides its due time.
    pub enum WaitsFor {
        /// Nothing else.
        DueTime = "due time",
        /// The captives of the tranche before.
        PreviousCaptiveLeg = "previous captive leg",
        /// Both legs of the tranche before.
        PreviousRound = "previous round",
    }
}

table! {
    /// People released outside the agreement, without counter-value.
    pub struct Outside {
        /// The party in whose custody they are.
        pub held_by: At<String>,
        /// How many.
        pub people: At<u64>,
        /// The day they are expected.
        pub day: At<i64>,
        /// The local hour.
        pub at: Option<Hour>,
        /// How much later they are released.
        pub takes: Option<Law<Seconds>>,
    }
}

table! {
    /// An obligation that is not a release.
    pub struct Milestone {
        /// The party that owes it.
        pub owner: At<String>,
        /// The queue it sits in.
        pub class: MilestoneClass = MilestoneClass::Movement,
        /// The day it is due.
        pub day: Option<At<i64>>,
        /// The local hour it is due.
        pub at: Option<Hour>,
        /// Due within a time after something else.
        pub within: Option<Within>,
        /// What must be true before it can be met.
        pub requires: Option<Requires>,
        /// How long it takes once due.
        pub takes: Option<Law<Seconds>>,
        /// It may be late.
        pub late: Option<Late>,
        /// The chance that it is never met.
        pub never: Param<Probability> = Param::implied(0.0),
        /// How late it may be before it counts as missed.
        pub grace: Duration = Duration::implied(86_400.0),
        /// What follows when it is missed.
        pub missed: Option<Missed>,
    }
}

choice! {
    /// The queue a milestone sits in.
    pub enum MilestoneClass {
        /// Withdrawals, returns, crossings.
        Movement = "movement",
        /// Lists and information.
        Lists = "lists",
        /// Goods and shelter.
        Aid = "aid",
    }
}

table! {
    /// Conditions that must all hold.
    pub struct Requires {
        /// Cohorts whose living people are all back.
        pub released: Vec<At<String>> = Vec::new(),
        /// Tranches carried out, by number.
        pub tranches: Vec<At<String>> = Vec::new(),
        /// Milestones met.
        pub milestones: Vec<At<String>> = Vec::new(),
    }
}

table! {
    /// A delivery every day.
    pub struct Flow {
        /// The party that owes it.
        pub owner: At<String>,
        /// What is promised a day.
        pub target: Param<NonNegative>,
        /// What arrives a day.
        pub level: Law<NonNegative>,
        /// How strongly a day resembles the day before, from 0 to below 1.
        pub correlation: Param<Probability> = Param::implied(0.0),
        /// Factors by weekday: { fri = 0.6 }.
        pub weekday: Named<Param<NonNegative>> = Named::default(),
        /// The local hour at which a day's delivery is counted.
        pub hour: Hour = Hour::of(20, 0),
        /// The first day.
        pub from_day: At<u64> = At::implied(1_u64),
        /// The last day; default: the horizon.
        pub to_day: Option<At<u64>>,
        /// Starts when this milestone is met.
        pub opens_with: Option<At<String>>,
        /// A part of another flow: it is not added to the total of all flows.
        pub part_of: Option<At<String>>,
        /// Shares of the delivery that go to a region.
        pub region: Named<Param<Probability>> = Named::default(),
        /// The share that still arrives while the owner holds its aid queue.
        pub while_held: Param<Probability> = Param::implied(0.0),
        /// The share that still arrives while the truce is suspended.
        pub while_suspended: Param<Probability> = Param::implied(0.0),
        /// The share that still arrives after the term has run out without a successor.
        pub in_limbo: Param<Probability> = Param::implied(0.0),
        /// When a delivery is short, and what follows.
        pub short: Option<Short>,
    }
}

table! {
    /// When a delivery counts as short.
    pub struct Short {
        /// Below this a day, on average over the window, before rounding.
        pub below: Param<NonNegative>,
        /// Days over which it is judged, once at their end.
        pub window: At<u64> = At::implied(1_u64),
        /// Whether it is also a violation alleged against the owner, counted and answered as one.
        pub is_violation: At<bool> = At::implied(false),
        /// The chance that the other side opens a dispute over it.
        pub opens_dispute: Param<Probability> = Param::implied(0.0),
        /// How grave it is taken to be, from 0 to 1.
        pub severity: Param<Probability> = Param::implied(0.5),
    }
}

table! {
    /// Talks on the next phase.
    pub struct Talks {
        /// The party that must open them.
        pub owner: At<String>,
        /// The day by which they are to start.
        pub start_by: At<i64>,
        /// The day by which they are to agree.
        pub agree_by: At<i64>,
        /// The day from which they can start.
        pub from_day: At<i64> = At::implied(1_i64),
        /// The rate at which they start.
        pub starts: Param<PerSecond>,
        /// How long a stage takes once started.
        pub takes: Law<Seconds>,
        /// How many stages they go through, one after another.
        pub stages: At<u64> = At::implied(1_u64),
        /// The chance that the last stage ends in agreement.
        pub agrees: Param<Probability>,
        /// What follows when they are not started in time.
        pub missed: Option<Missed>,
    }
}

/// How long a truce is agreed for.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub enum Term {
    /// A length: "42d".
    Length(Duration),
    /// More than a length.
    Table(Box<TermTable>),
}

impl Read for Term {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Table(_) => TermTable::read(node, r).map(|t| Self::Table(Box::new(t))),
            _ => Duration::read(node, r).map(Self::Length),
        }
    }
}

table! {
    /// A term with its form.
    pub struct TermTable {
        /// Its length from the agreed start.
        pub length: Option<Duration>,
        /// Or the local date and time at which it ends: "2025-03-02T08:30".
        pub until: Option<At<String>>,
        /// Extended in steps, decided again each time.
        pub renewal: Option<Renewal>,
        /// Whether it is prolonged while talks go on.
        pub while_talks: At<bool> = At::implied(false),
    }
}

table! {
    /// A term extended in steps.
    pub struct Renewal {
        /// The lengths of the steps, in order; the last one repeats.
        pub steps: Vec<Duration>,
        /// Whether a step is agreed only where every captive promised by then is back.
        pub if_delivered: At<bool> = At::implied(true),
        /// The most steps.
        pub most: At<u64>,
        /// The chance that a step is agreed.
        pub probability: Param<Probability>,
        /// A list must be accepted for the step by its start: the chance that it is.
        pub list_accepted: Param<Probability> = Param::implied(1.0),
        /// How long before the end of the term the names for a step are due.
        pub list_lead: Duration = Duration::implied(0.0),
        /// They may be late; a step whose names have not come when the term runs out is not agreed.
        pub list_late: Option<Late>,
    }
}
