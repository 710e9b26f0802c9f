//! What can be seen to happen in a replication, as plain data.

use super::plan::{Queue, Side, StepKind};
use crate::kernel::Time;

/// How a party answers a breach, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answered {
    /// Lets it pass; no dispute.
    Absorb = 0,
    /// Protests in words.
    Protest = 1,
    /// Slows its next step.
    Slow = 2,
    /// Holds one of its queues.
    Hold = 3,
    /// Suspends the truce.
    Suspend = 4,
    /// Withdraws from it.
    Withdraw = 5,
}

/// The words for the answers, by number.
pub const ANSWERS: [&str; 6] = ["absorb", "protest", "slow", "hold", "suspend", "withdraw"];

/// What a dispute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A procedural fault of a class, in a tranche.
    Fault(u32, u32),
    /// A violation of a process.
    Violation(u32),
    /// A late leg of a tranche.
    LateLeg(u32, u8),
    /// A late list.
    LateList(u32),
    /// A mismatch of remains.
    Mismatch(u32),
    /// A broken order of release.
    Order(u32),
    /// A short delivery.
    Short(u32),
    /// A missed milestone.
    Milestone(u32),
    /// Talks not started.
    Talks,
    /// An outside event.
    External(u32),
    /// Known from the history.
    Observed(u32),
}

/// Something that happened. Indices refer to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are the indices named in the variant's line
pub enum Happening {
    /// The truce starts.
    TruceStarted,
    /// The known past ends; from here on it is simulated.
    PastEnds,
    /// A round begins its first step.
    RoundStarted { tranche: u32 },
    /// A step of a leg ends.
    StepEnded { tranche: u32, side: u8, step: StepKind },
    /// People are released at one site, by one trip, or all at once.
    Released { tranche: u32, side: u8, people: u32, remains: u32 },
    /// People are released in a round that no tranche of the agreement states.
    ReleasedBesides { side: u8, people: u32, remains: u32 },
    /// A leg cannot go on: held.
    LegWaits { tranche: u32, side: u8 },
    /// A leg is carried out.
    LegDone { tranche: u32, side: u8 },
    /// People are withheld from a leg.
    Withheld { tranche: u32, side: u8, people: u32 },
    /// A step under way is interrupted and people go back.
    SentBack { tranche: u32, side: u8, people: u32 },
    /// Names are delivered.
    ListDelivered { tranche: u32, names: u32 },
    /// Remains are confirmed.
    Confirmed { tranche: u32, people: u32 },
    /// Sets of remains are not the persons named.
    Mismatch { tranche: u32, sets: u32 },
    /// People outside the agreement are released.
    OutsideReleased { outside: u32, people: u32 },
    /// A death in custody.
    DiedInCustody { cohort: u32 },
    /// A violation is alleged.
    Violation { process: u32, deaths: u64 },
    /// A delivery is counted.
    Delivered { flow: u32, amount: u64 },
    /// A window of deliveries was short.
    Short { flow: u32 },
    /// A dispute opens.
    DisputeOpened { cause: Cause, claimant: u32, answer: Answered },
    /// A hold begins on a queue.
    HoldBegan { queue: Queue },
    /// The last hold on a queue ends.
    HoldEnded { queue: Queue },
    /// The truce is suspended.
    Suspended,
    /// The suspension ends.
    Resumed,
    /// A mediation attempt ends.
    AttemptEnded { mediator: u32, settled: bool },
    /// A file no attempt settled stays open.
    FileOpen,
    /// An extra round is agreed.
    ExtraRound { tranche: u32 },
    /// A tranche is brought forward.
    BroughtForward { tranche: u32 },
    /// Later legs become simultaneous.
    LegsSimultaneous,
    /// A milestone is met.
    MilestoneMet { milestone: u32 },
    /// A milestone is missed.
    MilestoneMissed { milestone: u32 },
    /// Talks start.
    TalksStarted,
    /// A stage of the talks is over, and another begins.
    TalksAdvanced { stage: u32 },
    /// Talks end.
    TalksEnded { agreed: bool },
    /// An outside event.
    External { event: u32 },
    /// Another front's truce ends.
    FrontEnded { front: u32 },
    /// The term is renewed by a step.
    Renewed { step: u32 },
    /// The truce is extended.
    Extended,
    /// A counter-offer replaces the term.
    CounterOffer,
    /// The next phase begins.
    NextPhase,
    /// The term runs out without successor.
    Expired,
    /// The truce collapses.
    Collapsed,
    /// The replication ends.
    Ended,
}

impl Happening {
    /// Whether the outcome `events` counts it. The table in the model description says the same.
    pub const fn is_counted(&self) -> bool {
        matches!(
            self,
            Self::RoundStarted { .. }
                | Self::StepEnded { .. }
                | Self::ListDelivered { .. }
                | Self::OutsideReleased { .. }
                | Self::DiedInCustody { .. }
                | Self::Violation { .. }
                | Self::Delivered { .. }
                | Self::AttemptEnded { .. }
                | Self::MilestoneMet { .. }
                | Self::MilestoneMissed { .. }
                | Self::TalksStarted
                | Self::TalksAdvanced { .. }
                | Self::TalksEnded { .. }
                | Self::External { .. }
                | Self::FrontEnded { .. }
                | Self::Renewed { .. }
                | Self::Extended
                | Self::CounterOffer
                | Self::NextPhase
        )
    }
}

/// Reads what happens; never changes it.
pub trait Observer {
    /// Whether anything is seen at all; lets the batch's loop leave the reporting out.
    const SEES: bool;
    /// Something happened.
    fn see(&mut self, time: Time, what: Happening);
}

/// Sees nothing: the batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    const SEES: bool = false;
    fn see(&mut self, _: Time, _: Happening) {}
}

/// Keeps everything: the trace.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    /// What happened, in order.
    pub seen: Vec<(Time, Happening)>,
}

impl Observer for Recorder {
    const SEES: bool = true;
    fn see(&mut self, time: Time, what: Happening) {
        self.seen.push((time, what));
    }
}

/// The side of a leg, as stored in a happening.
pub fn side_of(side: u8) -> Side {
    usize::from(side)
}
