//! Laws of a scenario as distributions.

use crate::design::quantity::Quantity;
use crate::dist::{DistError, Distribution};
use crate::scenario::diagnostic::Faults;
use crate::scenario::law::{Form, Law, Param};
use crate::scenario::read::{Read, Reader};
use crate::scenario::tree::{Kind, Node};
use crate::scenario::units::{Number, PerSecond, Probability, Seconds, Unit};

/// A law as it is written, in a unit that people read, and how much of the law's own unit is one of it. `None` for what is no law, or one
/// that has no plain distribution.
pub(super) fn law(node: &Node) -> Option<(Distribution, Quantity, f64)> {
    if !matches!(node.kind, Kind::Table(_)) {
        return None;
    }
    let day = 86_400.0;
    if let Some(law) = of::<Number>(node).or_else(|| of::<Probability>(node)) {
        return Some((law, Quantity::Number, 1.0));
    }
    if let Some(law) = of::<Seconds>(node) {
        let (unit, size) = if law.mean() < day { ("h", 3_600.0) } else { ("d", day) };
        return Some((law, Quantity::Duration(unit, size), size));
    }
    of::<PerSecond>(node).map(|law| (law, Quantity::Rate("day", day), 1.0 / day))
}

fn of<U: Unit>(node: &Node) -> Option<Distribution> {
    let mut faults = Faults::new();
    let law = Law::<U>::read(node, &mut Reader::new(&mut faults));
    let law = law.filter(|_| faults.is_empty())?;
    known(&law.form)?.ok()
}

fn known<U: Unit>(form: &Form<U>) -> Option<Result<Distribution, DistError>> {
    Some(match form {
        Form::Uniform { min, max } => Distribution::uniform(min.known()?, max.known()?),
        Form::Triangular { min, mode, max } => {
            Distribution::triangular(min.known()?, mode.known()?, max.known()?)
        }
        Form::Pert { min, mode, max } => Distribution::pert(min.known()?, mode.known()?, max.known()?),
        Form::Exponential { mean } => Distribution::exponential(mean.known()?),
        Form::Erlang { shape, mean } | Form::GammaMean { shape, mean } => {
            Distribution::gamma_mean_shape(mean.known()?, shape.known()?)
        }
        Form::Gamma { shape, scale } => Distribution::gamma(shape.known()?, scale.known()?),
        Form::LogNormalMedian { median, sigma } => {
            Distribution::lognormal_median(median.known()?, sigma.known()?)
        }
        Form::LogNormalMean { mean, sd } => Distribution::lognormal_mean_sd(mean.known()?, sd.known()?),
        Form::Weibull { shape, scale } => Distribution::weibull(shape.known()?, scale.known()?),
        Form::Beta { a, b, min, max } => {
            let end = |end: &Option<Param<U>>, implied| end.as_ref().map_or(Some(implied), Param::known);
            Distribution::beta(a.known()?, b.known()?, end(min, 0.0)?, end(max, 1.0)?)
        }
        _ => return None,
    })
}
