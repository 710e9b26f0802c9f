//! Partial moments over a closed window, the ground for the moments of clipped and truncated laws.

use super::law::Distribution;
use super::normal;

/// E[(X - c)^k; low <= X <= high] for k = 0, 1, 2.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Partial {
    /// Mass.
    pub(super) mass: f64,
    /// First moment about c.
    pub(super) first: f64,
    /// Second moment about c.
    pub(super) second: f64,
}

impl Partial {
    /// All the `mass` at distance `d` from c.
    fn atom(mass: f64, d: f64) -> Self {
        if mass > 0.0 { Self { mass, first: mass * d, second: mass * d * d } } else { Self::default() }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            mass: self.mass + other.mass,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }

    fn times(self, k: f64) -> Self {
        Self { mass: self.mass * k, first: self.first * k, second: self.second * k }
    }

    /// From moments about 0 to moments about `c`.
    fn about(self, c: f64) -> Self {
        let first = self.first - c * self.mass;
        Self { first, second: self.second - 2.0 * c * self.first + c * c * self.mass, ..self }
    }
}

/// A closed window [low, high] and the centre c of its moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Lower end.
    pub(super) low: f64,
    /// Upper end.
    pub(super) high: f64,
    /// Centre of the moments.
    pub(super) about: f64,
}

impl Window {
    fn cut(self, min: f64, max: f64) -> Self {
        Self { low: self.low.max(min), high: self.high.min(max), about: self.about }
    }

    fn holds(self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }

    fn moved(self, by: f64) -> Self {
        Self { low: self.low + by, high: self.high + by, about: self.about }
    }

    /// The atom of `mass` at `x`, if it lies inside.
    fn atom(self, mass: f64, x: f64) -> Partial {
        if self.holds(x) { Partial::atom(mass, x - self.about) } else { Partial::default() }
    }
}

impl Distribution {
    /// The partial moments over a window.
    pub(super) fn window(&self, w: Window) -> Partial {
        if w.low > w.high {
            return Partial::default();
        }
        match self {
            Self::Constant(v) => w.atom(1.0, *v),
            Self::Bernoulli { p } => w.atom(1.0 - p, 0.0).plus(w.atom(*p, 1.0)),
            Self::Table { points } => {
                let total: f64 = points.iter().map(|point| point.1).sum();
                sum(points.iter().map(|point| w.atom(point.1 / total, point.0)))
            }
            Self::Mixture { parts } => {
                let total: f64 = parts.iter().map(|part| part.0).sum();
                sum(parts.iter().map(|part| part.1.window(w).times(part.0 / total)))
            }
            Self::Gated { probability, then } => {
                then.window(w).times(*probability).plus(w.atom(1.0 - probability, 0.0))
            }
            Self::Clipped { of, min, max } => {
                let ends =
                    w.atom(of.split_below(*min).lower(), *min).plus(w.atom(of.split(*max).upper(), *max));
                of.window(w.cut(*min, *max)).plus(ends)
            }
            Self::Truncated { of, min, max } => {
                let mass = of.split_below(*min).mass_to(of.split(*max));
                of.window(w.cut(*min, *max)).times(1.0 / mass)
            }
            Self::Uniform { min, max } => slope(w.cut(*min, *max), |_| 1.0 / (max - min)),
            Self::Triangular { min, mode, max } => triangular(w, *min, *mode, *max),
            Self::Normal { mean, sd } => normal_window(w, *mean, *sd),
            Self::Pert { min, mode, max } => {
                let (a, b) = Self::pert_shapes(*min, *mode, *max);
                Self::Beta { a, b, min: *min, max: *max }.window(w)
            }
            Self::Beta { a, b, min, max } => beta_window(w, *a, *b, *min, *max),
            _ => self.biased_window(w).about(w.about),
        }
    }

    /// Positive families: E[X^k; window] is E[X^k] times the window's mass under the size-biased law, which is of the
    /// same family (Patil and Rao 1978); for counts the factorial moments play that part.
    fn biased_window(&self, w: Window) -> Partial {
        let (m1, m2) = (self.mean(), self.variance() + self.mean() * self.mean());
        let mass = self.mass(w);
        let powers =
            |one: Self, two: Self| Partial { mass, first: m1 * one.mass(w), second: m2 * two.mass(w) };
        match *self {
            Self::Exponential { mean } => Self::Gamma { shape: 1.0, scale: mean }.biased_window(w),
            Self::Gamma { shape, scale } => {
                powers(Self::Gamma { shape: shape + 1.0, scale }, Self::Gamma { shape: shape + 2.0, scale })
            }
            Self::LogNormal { mu, sigma } => {
                let s = sigma * sigma;
                powers(Self::LogNormal { mu: mu + s, sigma }, Self::LogNormal { mu: mu + 2.0 * s, sigma })
            }
            Self::Weibull { shape, scale } => {
                let t = w.map(|x| if x > 0.0 { libm::pow(x / scale, shape) } else { 0.0 });
                let gamma = |k: f64| Self::Gamma { shape: 1.0 + k / shape, scale: 1.0 }.mass(t);
                Partial { mass, first: m1 * gamma(1.0), second: m2 * gamma(2.0) }
            }
            Self::Poisson { mean } => {
                let first = mean * self.mass(w.moved(-1.0));
                Partial { mass, first, second: mean * mean * self.mass(w.moved(-2.0)) + first }
            }
            Self::Binomial { n, p } => binomial_window(n, p, mass, w),
            Self::Geometric { p } => geometric_window(p, w),
            _ => Partial::default(),
        }
    }

    /// P(low <= X <= high), without cancellation in either tail.
    fn mass(&self, w: Window) -> f64 {
        self.split_below(w.low).mass_to(self.split(w.high))
    }
}

impl Window {
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { low: f(self.low), high: f(self.high), about: self.about }
    }
}

fn sum(parts: impl Iterator<Item = Partial>) -> Partial {
    parts.fold(Partial::default(), Partial::plus)
}

/// The integral over a finite window of a density linear in it, by Gauss's two points (exact to third degree).
fn slope(w: Window, density: impl Fn(f64) -> f64) -> Partial {
    if w.low >= w.high {
        return Partial::default();
    }
    let (middle, half) = (0.5 * (w.low + w.high), 0.5 * (w.high - w.low));
    let node = half / 3.0_f64.sqrt();
    sum([middle - node, middle + node].iter().map(|x| Partial::atom(half * density(*x), x - w.about)))
}

fn triangular(w: Window, min: f64, mode: f64, max: f64) -> Partial {
    let top = 2.0 / (max - min);
    let left = slope(w.cut(min, mode), |x| top * (x - min) / (mode - min));
    left.plus(slope(w.cut(mode, max), |x| top * (max - x) / (max - mode)))
}

/// E[Z; ] = phi(l) - phi(h), E[Z^2; ] = P + l phi(l) - h phi(h) (integration by parts).
fn normal_window(w: Window, mean: f64, sd: f64) -> Partial {
    let (l, h) = ((w.low - mean) / sd, (w.high - mean) / sd);
    let mass = normal::split(l).mass_to(normal::split(h));
    let first = normal::density(l) - normal::density(h);
    let second = mass + normal::z_density(l) - normal::z_density(h);
    let d = mean - w.about;
    Partial {
        mass,
        first: d * mass + sd * first,
        second: d * d * mass + 2.0 * d * sd * first + sd * sd * second,
    }
}

/// Size-biased betas are betas with a raised; the affine map is applied about its own end to avoid cancellation.
fn beta_window(w: Window, a: f64, b: f64, min: f64, max: f64) -> Partial {
    let (width, n) = (max - min, a + b);
    let mass = |a: f64| Distribution::Beta { a, b, min, max }.mass(w);
    let first = width * (a / n) * mass(a + 1.0);
    let second = width * width * (a / n) * ((a + 1.0) / (n + 1.0)) * mass(a + 2.0);
    Partial { mass: mass(a), first, second }.about(w.about - min)
}

fn binomial_window(n: u64, p: f64, mass: f64, w: Window) -> Partial {
    let lower = |by: u64| Distribution::Binomial { n: n.saturating_sub(by), p }.mass(w.moved(-(by as f64)));
    let count = n as f64;
    let first = count * p * lower(1);
    let pairs = if n < 2 { 0.0 } else { count * (count - 1.0) * p * p * lower(2) };
    Partial { mass, first, second: pairs + first }
}

/// From a start m on, a geometric is m plus a fresh one: the window is one such tail less another.
fn geometric_window(p: f64, w: Window) -> Partial {
    let fresh = Distribution::Geometric { p };
    let (mean, square) = (fresh.mean(), fresh.variance() + fresh.mean() * fresh.mean());
    let tail = |m: f64| {
        let mass = if m.is_finite() { fresh.split(m - 1.0).upper() } else { 0.0 };
        if mass <= 0.0 {
            return Partial::default();
        }
        Partial { mass, first: mass * (m + mean), second: mass * (m * m + 2.0 * m * mean + square) }
    };
    let (from, past) = (libm::ceil(w.low).max(0.0), libm::floor(w.high) + 1.0);
    if from >= past { Partial::default() } else { tail(from).plus(tail(past).times(-1.0)) }
}

/// The whole line, about `c`.
pub(super) fn everywhere(c: f64) -> Window {
    Window { low: f64::NEG_INFINITY, high: f64::INFINITY, about: c }
}
