//! `statistics.bin`: the exact statistics of a range of replications. Written every few seconds it is the checkpoint of a run; at the end it is
//! what `merge` adds up.

use std::path::Path;

use twox_hash::XxHash3_128;

use super::fault::Fault;
use crate::batch::Sample;
use crate::model::plan::Plan;
use crate::stats::{Decoder, Encoder, Malformed};

const MAGIC: &[u8; 8] = b"HNDVSTAT";
/// The format this version writes, and the newest it reads.
const FORMAT: u32 = 1;
/// Magic and format before, checksum after.
const FRAME: usize = 8 + 4 + 16;

/// Whose statistics they are: files that differ in this are never added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Digest of the resolved plan.
    pub digest: String,
    /// Root seed.
    pub seed: u64,
    /// Version of the samplers and the layout of draws.
    pub sampling_version: u64,
    /// First replication.
    pub first: u64,
}

/// The exact statistics of replications `first` to `first + replications`.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Length of the file of rows up to here, in bytes; 0 where there is none or it is not text.
    pub row_bytes: u64,
    /// The statistics.
    pub sample: Sample,
}

impl State {
    /// The bytes of `statistics.bin`.
    pub fn to_bytes(&self, identity: &Identity, plan: &Plan) -> Vec<u8> {
        let mut out = Encoder::new();
        out.raw(MAGIC);
        out.raw(&FORMAT.to_le_bytes());
        out.text(&identity.digest);
        out.unsigned(identity.seed);
        out.unsigned(identity.sampling_version);
        out.unsigned(identity.first);
        out.unsigned(self.row_bytes);
        self.sample.encode(plan, &mut out);
        let hash = XxHash3_128::oneshot(out.bytes());
        out.raw(&hash.to_le_bytes());
        out.into_bytes()
    }

    /// Reads a file of statistics, which must be those of `identity`.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be read, is damaged, of a newer format, or of another run.
    pub fn read(path: &Path, identity: &Identity, plan: &Plan) -> Result<Self, Fault> {
        let bytes = std::fs::read(path).map_err(|error| Fault::unread(path, &error))?;
        let (head, hash) = bytes
            .split_at_checked(bytes.len().saturating_sub(16))
            .filter(|_| bytes.len() >= FRAME && bytes.starts_with(MAGIC))
            .ok_or_else(|| Fault::damaged(path, "it is too short, or not a file of statistics"))?;
        let format = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
        if format > FORMAT {
            return Err(Fault::newer(path, u64::from(format), u64::from(FORMAT)));
        }
        if XxHash3_128::oneshot(head).to_le_bytes() != hash {
            return Err(Fault::damaged(path, "its checksum does not fit"));
        }
        let mut from = Decoder::new(&head[12..]);
        let found = identity_of(&mut from).map_err(|_| Fault::damaged(path, "its head is malformed"))?;
        if found != *identity {
            return Err(Fault::damaged(path, "it belongs to another run than the manifest beside it"));
        }
        Self::body(&mut from, plan).map_err(|_| Fault::damaged(path, "it does not fit the scenario"))
    }

    fn body(from: &mut Decoder<'_>, plan: &Plan) -> Result<Self, Malformed> {
        let state = State { row_bytes: from.unsigned()?, sample: Sample::decode(plan, from)? };
        from.end()?;
        Ok(state)
    }
}

fn identity_of(from: &mut Decoder<'_>) -> Result<Identity, Malformed> {
    Ok(Identity {
        digest: from.text()?.to_string(),
        seed: from.unsigned()?,
        sampling_version: from.unsigned()?,
        first: from.unsigned()?,
    })
}
