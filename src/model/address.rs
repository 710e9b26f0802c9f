//! Where each draw lives: the purposes, and the layout of positions within their streams.
//!
//! A stream is named by a purpose and an entity. Tranches are told apart by their stated number, which is a place within one
//! stream rather than a stream of its own, because making a buffer costs more than the draws in it. This file *is* the
//! layout of draws that the sampling version numbers: any change here moves results.

use serde::Serialize;

use super::plan::StreamId;

/// Steps that most rounds have share a stream with four places a tranche, so that eight tranches need one buffer.
pub const MAIN_STRIDE: u32 = 4;
/// The other draws of a round have eight places a tranche.
pub const MORE_STRIDE: u32 = 8;

/// Places in the stream of rarer draws of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// Duration of assembly.
    Staging = 0,
    /// Duration of the convoy.
    Transit = 1,
    /// Duration of identification.
    Identification = 2,
    /// Hour of the handover.
    HandoverHour = 3,
    /// Hour of the reciprocal release.
    ReciprocalHour = 4,
    /// Number of sites of the handover.
    HandoverSites = 5,
    /// Number of sites of the reciprocal release.
    ReciprocalSites = 6,
    /// Whether the agreed order is broken.
    Order = 7,
}

/// Places in the stream of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Whether the list is late.
    Late = 0,
    /// By how much.
    By = 1,
    /// How many names beyond the people.
    Surplus = 2,
    /// How many names are refused.
    Refused = 3,
    /// How long a substitution takes.
    Substitution = 4,
    /// Whether a name is missing at assembly.
    Missing = 5,
    /// How long that takes.
    MissingBy = 6,
    /// Whether a dispute opens over it.
    Dispute = 7,
}

/// Positions that one dispute has in its cause's stream.
pub const DISPUTE_STRIDE: u64 = 64;

/// Places of one dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Whether the breach opens a dispute.
    Opens = 0,
    /// Which answer is given.
    Kind = 1,
    /// Which queue is held or slowed.
    Queue = 2,
    /// By how much a step is slowed.
    Slow = 3,
    /// Whether a settlement adds a round.
    ExtraRound = 4,
    /// Whether it brings a tranche forward.
    Acceleration = 5,
    /// Whether later legs become simultaneous.
    Simultaneous = 6,
}

/// First place of mediation attempts: two each, duration and result.
const ATTEMPTS_FROM: u64 = 8;
/// Attempts that fit beside the answers; later ones have a region of their own far above.
const ATTEMPTS_NEAR: u64 = 28;
const FAR: u64 = 1 << 52;

/// Position of an attempt's duration in the cause's stream; its result is the next.
pub const fn attempt(base: u64, number: u64) -> u64 {
    if number < ATTEMPTS_NEAR { base + ATTEMPTS_FROM + 2 * number } else { FAR + (base << 8) + 2 * number }
}

/// Position of one portion of a transfer (a site or a trip) beyond the first of a first attempt: two places, duration and pause.
pub fn portion(place: u64, attempt: u64, portion: u64) -> u64 {
    (place << 24) + (attempt << 16) + 2 * portion
}

/// Position of a repeated step's duration.
pub fn again(place: u64, attempt: u64, step: u64) -> u64 {
    (place << 16) + (attempt << 4) + step
}

/// Position of the n-th uniform that tells how far a leg had come when the known past ended.
pub fn reached(place: u64, side: usize, n: u64) -> u64 {
    (1 << 56) + (place << 17) + ((side as u64) << 16) + n
}

/// Places of what attempts had failed at a dispute that was open when the known past ended; in the first, or in one of several pasts.
pub fn failed_of_past(particle: usize, base: u64, number: u64) -> u64 {
    (1 << 48) + ((particle as u64) << 58) + (base << 10) + number
}

/// Number space of extra rounds, far above stated numbers.
pub const EXTRA_PLACE: u64 = 1 << 24;

/// Streams that all rounds share, told apart by place.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct SharedStreams {
    /// First attempts of check, handover, reciprocal, custody.
    pub main: StreamId,
    /// The places of [`More`].
    pub more: StreamId,
    /// Repeated steps.
    pub again: StreamId,
    /// Sites and trips, by side.
    pub portions: [StreamId; 2],
    /// The places of [`Names`].
    pub names: StreamId,
    /// Two places: whether and how much is withheld, by side.
    pub withheld: [StreamId; 2],
    /// Composition by weight: one place a person.
    pub composition: StreamId,
    /// Mismatch: number of wrong sets, time of replacement.
    pub mismatch: StreamId,
    /// Violations that others brought on: blocks by name.
    pub further: StreamId,
    /// Disputes over faults.
    pub fault_dispute: StreamId,
    /// Disputes over late legs, by side.
    pub leg_dispute: [StreamId; 2],
    /// Disputes over late lists.
    pub list_dispute: StreamId,
    /// Disputes over mismatches.
    pub mismatch_dispute: StreamId,
    /// Disputes over a broken order.
    pub order_dispute: StreamId,
    /// Disputes over talks not started.
    pub talks_dispute: StreamId,
}
