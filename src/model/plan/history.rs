//! Observed history.

use serde::Serialize;

use super::*;

/// A fact of the observed history.
#[derive(Debug, Clone, Serialize)]
pub struct FactPlan {
    /// When; where that is uncertain, the best estimate.
    pub at: Time,
    /// The window it lies in, where it is not known to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<FactWindow>,
    /// What.
    pub what: Fact,
}

/// A window of time, and where the moment in it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FactWindow {
    /// The first and the last moment it can be.
    pub span: (Time, Time),
    /// Its place among the draws, from what the fact says.
    pub place: u64,
    /// The fact it cannot come before: the release the other side answers, the opening of the dispute.
    pub after: Option<usize>,
}

impl FactPlan {
    /// A fact whose moment is known.
    pub fn new(at: Time, what: Fact) -> Self {
        Self { at, window: None, what }
    }
}

/// People who came in another round than they were promised in, where the known past ends. Items are those of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum MovedPlan {
    /// They came early, and are taken out of where they were promised.
    Early {
        /// Where.
        item: usize,
        /// How many.
        people: u32,
    },
    /// They did not come in a round that is over, and go with another.
    Carried {
        /// Where they were promised.
        from: usize,
        /// With whom they go.
        to: usize,
        /// How many.
        people: u32,
    },
    /// They did not come, and no round is left: they stay owed.
    Owed {
        /// By which side.
        side: Side,
        /// How many.
        people: u32,
    },
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
    /// The names of a tranche came.
    Listed {
        /// Tranche.
        tranche: usize,
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
    /// Talks came to an end.
    TalksEnded {
        /// Whether they agreed.
        agreed: bool,
    },
    /// The term was prolonged.
    Extended {
        /// Its new end.
        until: Time,
    },
    /// The term ran out and nothing followed.
    Expired,
    /// Remains handed over in place of wrong ones.
    Replaced {
        /// How many sets.
        sets: u32,
    },
    /// From here on nothing is known of a violation process: it runs as assumed, and nobody answers.
    Uncounted {
        /// The process.
        process: usize,
    },
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

/// The wait between the legs of a round: a tranche, and the facts that its captives came and that its prisoners did, if they have.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct WaitPlan {
    /// The tranche.
    pub tranche: usize,
    /// All its captives had come.
    pub captives: usize,
    /// All its prisoners had.
    pub prisoners: Option<usize>,
}

/// How the moments of uncertain facts are drawn.
#[derive(Debug, Clone, Serialize)]
pub struct MomentsPlan {
    /// Their stream.
    pub stream: StreamId,
    /// Waits of prisoners for captives, where nothing held them: by these a past is weighed.
    pub waits: Vec<WaitPlan>,
    /// Disputes, by the facts of their opening and of their end, where one of them is uncertain: how long they lasted weighs, too.
    pub disputes: Vec<(usize, Option<usize>)>,
}

/// Violations known by their count that excite what is still to come: how likely their moments are weighs a past.
#[derive(Debug, Clone, Serialize)]
pub struct ExcitationPlan {
    /// The counts, by fact.
    pub facts: Vec<usize>,
    /// The processes counted, and to when.
    pub counted: Vec<(usize, Time)>,
    /// Violations in all.
    pub violations: usize,
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
    /// Who came in another round than promised, and what of the promises that leaves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedPlan>,
    /// What is known to have been delivered, by flow and day of the flow.
    pub delivered: Vec<Vec<Option<u64>>>,
    /// How uncertain facts are drawn; none where all are known to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moments: Option<MomentsPlan>,
    /// How moments of counted violations are weighed; none where nothing is counted that excites, and for a past in the scenario's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excitation: Option<ExcitationPlan>,
}
