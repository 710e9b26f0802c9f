//! A sample as bytes and back, exactly.

use super::Sample;
use crate::model::plan::Plan;
use crate::stats::{Bins, Decoder, Encoder, Malformed, Pairs, Summary, Trajectory};

impl Sample {
    /// Writes all that was recorded: endings, outcomes, trajectories, twins. Names stand before what they name, so that the
    /// bytes can be read without the plan.
    pub fn encode(&self, plan: &Plan, out: &mut Encoder) {
        out.unsigned(self.endings.len() as u64);
        self.endings.iter().for_each(|n| out.unsigned(*n));
        self.summary.encode(plan.outcomes.iter().map(|o| o.name.as_str()), out);
        out.unsigned(self.trajectories.len() as u64);
        for (series, trajectory) in plan.series.iter().zip(&self.trajectories) {
            out.text(&series.name);
            trajectory.encode(out);
        }
        out.unsigned(self.twins.len() as u64);
        self.twins.iter().for_each(|pairs| pairs.encode(out));
    }

    /// Reads what [`Sample::encode`] wrote for the same plan.
    ///
    /// # Errors
    /// [`Malformed`] for a sample of another plan, or for what no replications can have left.
    pub fn decode(plan: &Plan, from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut sample = Sample::new(plan);
        expect(from, sample.endings.len())?;
        for n in &mut sample.endings {
            *n = from.unsigned()?;
        }
        let bins: Vec<Bins> = plan.outcomes.iter().map(|o| Bins::new(o.low, o.high)).collect();
        sample.summary = Summary::decode(plan.outcomes.iter().map(|o| o.name.as_str()), &bins, from)?;
        expect(from, sample.trajectories.len())?;
        for (series, trajectory) in plan.series.iter().zip(&mut sample.trajectories) {
            if from.text()? != series.name {
                return Err(Malformed);
            }
            *trajectory = Trajectory::decode(trajectory.days(), Bins::new(series.low, series.high), from)?;
        }
        expect(from, sample.twins.len())?;
        for pairs in &mut sample.twins {
            *pairs = Pairs::decode(from)?;
        }
        let ended = sample.endings.iter().try_fold(0_u64, |sum, n| sum.checked_add(*n));
        if ended == Some(sample.summary.replications()) { Ok(sample) } else { Err(Malformed) }
    }
}

fn expect(from: &mut Decoder<'_>, count: usize) -> Result<(), Malformed> {
    if from.unsigned()? == count as u64 { Ok(()) } else { Err(Malformed) }
}
