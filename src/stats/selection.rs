//! Ranking and selection: which of several systems has the largest mean, with a guarantee.

/// The sequential procedure of Kim and Nelson (2001), "A fully sequential procedure for indifference-zone selection in
/// simulation", ACM TOMACS 11, with c = 1 and common random numbers allowed.
///
/// After a first stage the variance of every pairwise difference is known well enough to say how far a system may lag behind
/// another before it is dropped; that distance shrinks with every further observation. If the best mean exceeds every other by
/// at least `delta`, the chance of ending with the best is at least the confidence, provided that observations of one number
/// are a normal vector (batch means are nearly so), and independent from one number to the next. The splitting of the error
/// over pairs (Bonferroni) makes it hold under any dependence between systems, so common random numbers only make it cheaper.
///
/// Observations come one vector at a time, in the order of their number, so the outcome depends on nothing else.
#[derive(Clone, Debug)]
pub struct Selection {
    delta: f64,
    first_stage: u64,
    /// `h^2 / delta^2`: a pair whose difference has variance S^2 takes at most about this times S^2 observations.
    scale: f64,
    /// Observations of the first stage, dropped after it.
    early: Vec<Vec<f64>>,
    /// Variances of the differences, by pair.
    variances: Vec<f64>,
    least_variance: f64,
    sums: Vec<f64>,
    exits: Vec<Option<Exit>>,
    taken: u64,
    chosen: Option<usize>,
}

/// How a system was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// After how many observations.
    pub after: u64,
    /// Which system was ahead by too much.
    pub behind: usize,
}

impl Selection {
    /// A selection among `systems`, not begun. `None` below two systems or two observations in the first stage, or where
    /// `delta` is not above zero or `confidence` is not between `1 / systems` and 1.
    pub fn new(systems: usize, delta: f64, confidence: f64, first_stage: u64) -> Option<Selection> {
        let guess = 1.0 / systems as f64;
        let is_sound = systems >= 2 && first_stage >= 2 && delta > 0.0 && delta.is_finite();
        if !(is_sound && confidence > guess && confidence < 1.0) {
            return None;
        }
        let degrees = (first_stage - 1) as f64;
        let error = 2.0 * (1.0 - confidence) / (systems - 1) as f64;
        let eta = 0.5 * (libm::pow(error, -2.0 / degrees) - 1.0);
        Some(Selection {
            delta,
            first_stage,
            scale: 2.0 * eta * degrees / (delta * delta),
            early: Vec::new(),
            variances: Vec::new(),
            least_variance: 0.0,
            sums: vec![0.0; systems],
            exits: vec![None; systems],
            taken: 0,
            chosen: None,
        })
    }

    /// Takes the variance of a difference that never showed in the first stage to be this. Rare events can be absent from a
    /// first stage without being absent.
    pub fn with_least_variance(mut self, variance: f64) -> Selection {
        self.least_variance = variance;
        self
    }

    /// Takes one vector of observations, one a system; those of systems already dropped are not looked at.
    ///
    /// # Panics
    /// If there are not as many as systems.
    pub fn feed(&mut self, observations: &[f64]) {
        assert_eq!(observations.len(), self.sums.len(), "one observation a system");
        if self.chosen.is_some() {
            return;
        }
        self.taken += 1;
        for (sum, value) in self.sums.iter_mut().zip(observations) {
            *sum += value;
        }
        if self.taken < self.first_stage {
            self.early.push(observations.to_vec());
        } else {
            if self.taken == self.first_stage {
                self.early.push(observations.to_vec());
                self.measure();
            }
            self.screen();
        }
    }

    /// The variances of all differences in the first stage.
    fn measure(&mut self) {
        let systems = self.sums.len();
        let n = self.first_stage as f64;
        for a in 0..systems {
            for b in 0..systems {
                let middle = self.early.iter().map(|x| x[a] - x[b]).sum::<f64>() / n;
                let gap = |x: &Vec<f64>| (x[a] - x[b] - middle) * (x[a] - x[b] - middle);
                let variance = self.early.iter().map(gap).sum::<f64>() / (n - 1.0);
                self.variances.push(if variance > 0.0 || a == b { variance } else { self.least_variance });
            }
        }
        self.early = Vec::new();
    }

    /// Drops whoever lags too far behind anybody who was still there; decides when one is left or enough has been seen.
    fn screen(&mut self) {
        let there: Vec<usize> = self.survivors().collect();
        for &mine in &there {
            // The one furthest ahead beyond its margin is named as the reason.
            let lead = |other: usize| self.sums[other] - self.sums[mine] - self.margin(mine, other);
            let others = there.iter().copied().filter(|other| *other != mine);
            let ahead = others.max_by(|a, b| lead(*a).total_cmp(&lead(*b)));
            if let Some(behind) = ahead.filter(|other| lead(*other) > 0.0) {
                self.exits[mine] = Some(Exit { after: self.taken, behind });
            }
        }
        let left: Vec<usize> = self.survivors().collect();
        if left.len() == 1 || self.taken >= self.most() {
            let best = left.iter().copied().reduce(|a, b| if self.sums[b] > self.sums[a] { b } else { a });
            self.chosen = best;
        }
    }

    /// By how much the sum of one may lag behind that of another: `max(0, delta/2 (h^2 S^2 / delta^2 - r))`.
    fn margin(&self, one: usize, other: usize) -> f64 {
        let room = self.scale * self.variance(one, other) - self.taken as f64;
        (0.5 * self.delta * room).max(0.0)
    }

    fn variance(&self, one: usize, other: usize) -> f64 {
        self.variances.get(one * self.sums.len() + other).copied().unwrap_or(0.0)
    }

    /// The most observations that the systems still there can take; before the end of the first stage, that stage.
    pub fn most(&self) -> u64 {
        let there: Vec<usize> = self.survivors().collect();
        let pairs = there.iter().flat_map(|a| there.iter().map(|b| self.variance(*a, *b)));
        let widest = pairs.fold(0.0, f64::max);
        // The conversion saturates: a tiny delta gives the largest count there is.
        ((self.scale * widest).floor() as u64).saturating_add(1).max(self.first_stage)
    }

    /// Which systems have not been dropped, in order.
    pub fn survivors(&self) -> impl Iterator<Item = usize> {
        self.exits.iter().enumerate().filter(|(_, exit)| exit.is_none()).map(|(system, _)| system)
    }

    /// How a system was dropped, if it was.
    pub fn exit(&self, system: usize) -> Option<Exit> {
        self.exits[system]
    }

    /// How many observations were taken of every system still there.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The system selected, once that is decided.
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }
}
