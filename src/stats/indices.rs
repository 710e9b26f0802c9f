//! Sobol's indices of sensitivity: the share of the variance of an output over the design that an input explains alone (first
//! order), and the share that is gone where it alone is known not (total).
//!
//! First order by Saltelli and others (2010): `mean f(B) (f(AB_i) - f(A))`, f(B) taken from its mean; total by Jansen (1999, "Analysis
//! of variance designs for model output"): `mean (f(A) - f(AB_i))^2 / 2`. Both over the variance of f over all A and B. Where
//! values are means of replications, every form is freed of their noise. Scrambles are independent, so intervals come from their
//! spread, as those of a ratio of means.

use super::estimate::{Estimate, Form, Noisy, mean};

/// What was found of one output.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// Its mean over the design.
    pub mean: Estimate,
    /// Its variance over the design, freed of the noise of the replications.
    pub variance: Estimate,
    /// The share of the variance of the cells' means that is noise.
    pub noise: f64,
    /// By input.
    pub inputs: Vec<Index>,
    /// Of a coordinate that nothing reads.
    pub dummy: Index,
}

/// The indices of one input. Estimates may be negative where the truth is small.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// First order.
    pub first: Estimate,
    /// Total.
    pub total: Estimate,
    /// Both as they are without taking out the noise of replications.
    pub raw: [f64; 2],
}

/// Why there are no indices: the output hardly varies, so that they would be ratios of noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat {
    /// Its mean over the design.
    pub mean: Estimate,
    /// Its variance over the design, freed of noise.
    pub variance: Estimate,
    /// The share of the variance of the cells' means that is noise; not a number where there is no variance at all.
    pub noise: f64,
}

/// The indices of so many inputs from scrambles, each the values at rows of A, B and one AB an input.
///
/// # Errors
/// [`Flat`] where the variance over the design is not surely above zero.
pub fn indices(scrambles: &[Noisy], inputs: usize) -> Result<Indices, Flat> {
    let width = inputs + 2;
    let middles: Vec<f64> = scrambles.iter().map(|s| middle(s.values(), width)).collect();
    let variances: Vec<Form> = scrambles.iter().map(|s| s.form(|values| spread(values, width))).collect();
    let (raw, freed) = parts(&variances);
    let (center, variance) = (Estimate::of_mean(&middles), Estimate::of_mean(&freed));
    let noise = 1.0 - variance.value / mean(&raw);
    // Rounding alone leaves a variance of about 1e-32 squares of the size of the values.
    let rounding = 1e-24 * center.value * center.value;
    let is_sure = variance.interval.is_some_and(|i| i.low > rounding);
    if !is_sure {
        return Err(Flat { mean: center, variance, noise });
    }
    let index = |which: Option<usize>| {
        let first: Vec<Form> =
            scrambles.iter().map(|s| s.form(|values| alone(values, width, which))).collect();
        let total: Vec<Form> =
            scrambles.iter().map(|s| s.form(|values| in_all(values, width, which))).collect();
        let ((first_raw, first), (total_raw, total)) = (parts(&first), parts(&total));
        Index {
            first: Estimate::of_ratio(&first, &freed),
            total: Estimate::of_ratio(&total, &freed),
            raw: [mean(&first_raw) / mean(&raw), mean(&total_raw) / mean(&raw)],
        }
    };
    let dummy = index(None);
    Ok(Indices {
        mean: center,
        variance,
        noise,
        inputs: (0..inputs).map(|i| index(Some(i))).collect(),
        dummy,
    })
}

fn parts(forms: &[Form]) -> (Vec<f64>, Vec<f64>) {
    (forms.iter().map(|f| f.raw).collect(), forms.iter().map(|f| f.freed).collect())
}

/// The mean over A and B.
fn middle(values: &[f64], width: usize) -> f64 {
    let rows = values.len() / width;
    values.chunks_exact(width).map(|row| row[0] + row[1]).sum::<f64>() / (2 * rows) as f64
}

/// The variance over A and B.
fn spread(values: &[f64], width: usize) -> f64 {
    let (middle, rows) = (middle(values, width), values.len() / width);
    let square = |x: f64| (x - middle) * (x - middle);
    values.chunks_exact(width).map(|row| square(row[0]) + square(row[1])).sum::<f64>() / (2 * rows) as f64
}

/// The value at A with an input of B: A itself for the dummy, which nothing reads.
fn mixed(row: &[f64], which: Option<usize>) -> f64 {
    which.map_or(row[0], |input| row[2 + input])
}

fn alone(values: &[f64], width: usize, which: Option<usize>) -> f64 {
    let (middle, rows) = (middle(values, width), values.len() / width);
    let product = |row: &[f64]| (row[1] - middle) * (mixed(row, which) - row[0]);
    values.chunks_exact(width).map(product).sum::<f64>() / rows as f64
}

fn in_all(values: &[f64], width: usize, which: Option<usize>) -> f64 {
    let rows = values.len() / width;
    let square = |row: &[f64]| (row[0] - mixed(row, which)) * (row[0] - mixed(row, which));
    values.chunks_exact(width).map(square).sum::<f64>() / (2 * rows) as f64
}
