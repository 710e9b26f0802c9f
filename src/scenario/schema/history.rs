//! What has happened already.

use super::*;

table! {
    /// Observed facts up to the end of a local day; the rest is simulated.
    pub struct History {
        /// The last day that is known, to its end.
        pub as_of_day: At<u64>,
        /// The actual start of the truce, local date and time; default: the agreed one.
        pub started: Option<At<String>>,
        /// Releases carried out.
        pub release: Vec<ReleaseFact> = Vec::new(),
        /// Disputes opened.
        pub dispute: Vec<DisputeFact> = Vec::new(),
        /// Milestones met.
        pub milestone: Vec<MilestoneFact> = Vec::new(),
        /// Violations counted.
        pub violations: Vec<ViolationsFact> = Vec::new(),
        /// Deliveries.
        pub flow: Vec<FlowFact> = Vec::new(),
        /// When talks started, local date and time.
        pub talks_started: Option<At<String>>,
    }
}

table! {
    /// People released in one leg of a tranche.
    pub struct ReleaseFact {
        /// The tranche, by number; absent for a round outside the agreement's tranches.
        pub tranche: Option<At<String>>,
        /// Local date and time.
        pub at: At<String>,
        /// People by cohort.
        pub people: Named<At<u64>>,
        /// Whether this ends the tranche's leg.
        pub completes: At<bool> = At::implied(true),
        /// Of remains: how many were confirmed; default: all.
        pub confirmed: Option<At<u64>>,
    }
}

table! {
    /// A dispute, and its end where that is known.
    pub struct DisputeFact {
        /// Who opened it.
        pub claimed_by: At<String>,
        /// Local date and time.
        pub from: At<String>,
        /// Local date and time of its end; absent where it is still open.
        pub until: Option<At<String>>,
        /// What was held: a queue of the claimant, or "truce" for a suspension; absent for words only.
        pub held: Option<At<String>>,
    }
}

table! {
    /// A milestone met.
    pub struct MilestoneFact {
        /// Its name.
        pub name: At<String>,
        /// Local date and time.
        pub at: At<String>,
    }
}

table! {
    /// Violations counted between the start and the end of a day.
    pub struct ViolationsFact {
        /// The party they are alleged against.
        pub against: At<String>,
        /// The day to whose end they are counted.
        pub to_day: At<u64>,
        /// How many.
        pub count: At<u64>,
        /// How many were killed.
        pub killed: At<u64> = At::implied(0_u64),
    }
}

table! {
    /// A day's delivery.
    pub struct FlowFact {
        /// The flow.
        pub name: At<String>,
        /// The day.
        pub day: At<u64>,
        /// What arrived.
        pub delivered: At<u64>,
    }
}
