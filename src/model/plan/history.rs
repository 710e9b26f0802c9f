//! Observed history.

use serde::Serialize;

use super::*;

/// A fact of the observed history.
#[derive(Debug, Clone, Serialize)]
pub struct FactPlan {
    /// When.
    pub at: Time,
    /// What.
    pub what: Fact,
}

/// What was observed.
#[derive(Debug, Clone, Serialize)]
pub enum Fact {
    /// People released in a leg of a tranche: tranche, side, cohort and people, whether it completes the leg, remains confirmed.
    Released {
        /// Tranche; none for people released outside any.
        tranche: Option<usize>,
        /// Side.
        side: Side,
        /// Cohort and people.
        people: Vec<(usize, u32)>,
        /// Ends the leg.
        completes: bool,
        /// Remains confirmed.
        confirmed: u32,
    },
    /// A dispute opened.
    Disputed {
        /// Who opened it.
        claimant: usize,
        /// What was held: a queue, the truce, or nothing.
        held: Held,
        /// When it ended.
        until: Option<Time>,
        /// Its number among the facts.
        ordinal: u64,
    },
    /// A dispute of the facts ended.
    Ended {
        /// Its number among the facts.
        ordinal: u64,
    },
    /// A milestone met.
    Met(usize),
    /// Violations counted.
    Violations {
        /// The process.
        process: usize,
        /// How many more than at the count before.
        count: u64,
        /// Deaths, likewise.
        killed: u64,
        /// Since when.
        since: Time,
    },
    /// A delivery.
    Delivered {
        /// The flow.
        flow: usize,
        /// Which of its days.
        index: usize,
        /// How much.
        amount: u64,
    },
    /// Talks started.
    TalksStarted,
}

/// What a dispute of the facts held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Held {
    /// Words only.
    Nothing,
    /// A queue.
    Queue(Queue),
    /// The truce.
    Truce,
}

/// Observed history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryPlan {
    /// End of the last known day.
    pub as_of: Time,
    /// The actual start.
    pub started: Time,
    /// Facts in order of time.
    pub facts: Vec<FactPlan>,
    /// Timer of the facts.
    pub timer: u32,
    /// Timer of the end of the known past.
    pub as_of_timer: u32,
    /// Stream of mediation of disputes still open.
    pub stream: StreamId,
    /// What is known to have been delivered, by flow and day of the flow.
    pub delivered: Vec<Vec<Option<u64>>>,
}
