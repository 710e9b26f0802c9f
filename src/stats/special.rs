//! Quantiles of the normal and of Student's distribution, and the incomplete beta function behind the latter.
//!
//! Only the four operations, square roots and `libm`: the same bits on every platform.

#![expect(clippy::excessive_precision, reason = "the coefficients stand as published")]

/// The quantile of the standard normal distribution at `p`: minus infinity at 0, plus infinity at 1, NaN
/// outside.
///
/// Relative error about 1e-16. Source: Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal
/// Distribution", Applied Statistics 37, routine PPND16.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(r, &CENTRE_OVER) / polynomial(r, &CENTRE_UNDER);
    }
    // Written so that NaN also ends here.
    if !(p > 0.0 && p < 1.0) {
        return edge_quantile(p);
    }
    let r = (-libm::log(p.min(1.0 - p))).sqrt();
    tail_quantile(r).copysign(q)
}

/// The quantile at 0, at 1 and outside.
fn edge_quantile(p: f64) -> f64 {
    if p == 0.0 {
        f64::NEG_INFINITY
    } else if p == 1.0 {
        f64::INFINITY
    } else {
        f64::NAN
    }
}

/// The size of the quantile whose smaller tail has the probability `exp(-r^2)`.
fn tail_quantile(r: f64) -> f64 {
    if r <= 5.0 {
        polynomial(r - 1.6, &TAIL_OVER) / polynomial(r - 1.6, &TAIL_UNDER)
    } else {
        polynomial(r - 5.0, &FAR_OVER) / polynomial(r - 5.0, &FAR_UNDER)
    }
}

/// Horner's scheme; coefficients from the constant term up.
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_OVER: [f64; 8] = [
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
];
const CENTRE_UNDER: [f64; 8] = [
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
];
const TAIL_OVER: [f64; 8] = [
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
];
const TAIL_UNDER: [f64; 8] = [
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
];
const FAR_OVER: [f64; 8] = [
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
];
const FAR_UNDER: [f64; 8] = [
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
];

/// The regularised incomplete beta function `I_x(a, b)`, for positive `a` and `b`, with `y = 1 - x` given by
/// the caller so that neither end loses digits.
///
/// Relative error about 1e-13 for `a + b` below a thousand, 1e-10 at a hundred thousand. Source: the
/// continued fraction of DLMF 8.17.22 (<https://dlmf.nist.gov/8.17.v>), on the side of the mean where it
/// converges fast.
pub fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - beta_lower(b, a, y, x) } else { beta_lower(a, b, x, y) }
}

/// `I_x(a, b)` for `x` below about `a / (a + b)`: `x^a y^b / (a B(a, b))` times the continued fraction.
fn beta_lower(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    libm::exp(a * libm::log(x) + b * libm::log(y) - log_beta) / a * beta_fraction(a, b, x)
}

/// The continued fraction `1 / (1 + d1 / (1 + d2 / ...))` of DLMF 8.17.22, by the method of Lentz as modified
/// by Thompson and Barnett (1986), J. Comput. Phys. 64. It takes about `sqrt(max(a, b))` steps.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let solid = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d, mut value) = (1.0, 0.0, 1.0);
    for step in 1..100_000 {
        let term = beta_term(a, b, x, step);
        d = 1.0 / solid(1.0 + term * d);
        c = solid(1.0 + term / c);
        value *= c * d;
        if (c * d - 1.0).abs() < 3e-16 {
            break;
        }
    }
    1.0 / value
}

/// The partial numerator `d_step` of DLMF 8.17.23.
fn beta_term(a: f64, b: f64, x: f64, step: u32) -> f64 {
    let m = f64::from(step / 2);
    let at = a + 2.0 * m;
    if step.is_multiple_of(2) {
        m * (b - m) * x / ((at - 1.0) * at)
    } else {
        -(a + m) * (a + b + m) * x / (at * (at + 1.0))
    }
}

/// The quantile of Student's distribution with `df` degrees of freedom at `p`. NaN unless `0 < p < 1` and
/// `df > 0`.
///
/// Relative error below 1e-12, as tested for `p` between 1e-6 and 1 - 1e-6; see [`student_upper`].
pub fn student_quantile(p: f64, df: f64) -> f64 {
    if p < 0.5 { -student_upper(p, df) } else { student_upper(1.0 - p, df) }
}

/// Above so many degrees of freedom the expansion around the normal quantile is exact to 1e-13.
const MANY: f64 = 1_000.0;

/// The value that a Student variable with `df` degrees of freedom exceeds with probability `tail`, at most
/// one half.
///
/// NaN unless `0 < tail <= 0.5` and `df > 0`. Up to a thousand degrees of freedom the distribution function
/// is inverted by bisection, which cannot go astray; above, by the expansion in `student_expansion`.
pub fn student_upper(tail: f64, df: f64) -> f64 {
    if !(tail > 0.0 && tail <= 0.5 && df > 0.0) {
        return f64::NAN;
    }
    if df > MANY { student_expansion(-normal_quantile(tail), df) } else { student_bisected(tail, df) }
}

/// The value at which [`student_tail`] falls to `tail`, to the last place that bisection can tell apart.
fn student_bisected(tail: f64, df: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while student_tail(high, df) > tail && high < 1e300 {
        (low, high) = (high, 2.0 * high);
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if student_tail(middle, df) > tail { low = middle } else { high = middle }
    }
}

/// The probability that a Student variable exceeds `t >= 0`: `I_x(df/2, 1/2) / 2` with `x = df / (df + t^2)`.
/// Source: Abramowitz and Stegun (1964), 26.7.1 with 26.5.27.
fn student_tail(t: f64, df: f64) -> f64 {
    let whole = df + t * t;
    0.5 * incomplete_beta(0.5 * df, 0.5, df / whole, t * t / whole)
}

/// The quantile from the normal quantile `z`, in powers of `1 / df`. Source: Abramowitz and Stegun (1964),
/// 26.7.5.
fn student_expansion(z: f64, df: f64) -> f64 {
    let s = z * z;
    let g1 = z * polynomial(s, &[1.0, 1.0]) / 4.0;
    let g2 = z * polynomial(s, &[3.0, 16.0, 5.0]) / 96.0;
    let g3 = z * polynomial(s, &[-15.0, 17.0, 19.0, 3.0]) / 384.0;
    let g4 = z * polynomial(s, &[-945.0, -1920.0, 1482.0, 776.0, 79.0]) / 92_160.0;
    polynomial(1.0 / df, &[z, g1, g2, g3, g4])
}
