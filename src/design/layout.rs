//! From the design file to points: any of them by its number.

use super::analysis::{LEVELS, SCRAMBLES, TRAJECTORIES};
use super::file::{Choice, DesignFile, Method, RandomNumbers, Scale, Values, path_of, text_of};
use super::latin::Coordinate;
use super::listed::{self, Listed};
use super::quantity::{Range, Spacing, argument};
use super::saltelli;
use super::sobol::{MOST_COORDINATES, MOST_POINTS, Scramble};
use super::trajectory::Trajectory;
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::load::BASE;
use crate::scenario::overrides::Change;
use crate::scenario::read::{Read, Reader};
use crate::scenario::source::{At, Sources, Span};
use crate::scenario::tree::{self, Kind, Node};

/// The most points a design may have.
pub const MOST: u64 = 100_000;

/// Replications of a cell where the file names no number.
pub const REPLICATIONS: u64 = 1_000;

/// What varies.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// The same, each part with its place in the design; of no value yet.
    pub change: Change,
}

/// The value of a parameter at a point.
#[derive(Clone, Debug)]
pub struct Level {
    /// As `--set` takes it.
    pub text: String,
    /// The value, placed in the design.
    pub node: Node,
}

/// One point of a design.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number, from 0.
    pub number: u64,
    /// Which scramble it belongs to, where there are several.
    pub scramble: Option<u64>,
    /// One value a parameter.
    pub levels: Vec<Level>,
}

/// A design, read and checked in itself; whether the scenario takes its points is another matter.
#[derive(Clone, Debug)]
pub struct Design {
    /// What it is about.
    pub about: Option<String>,
    /// How points are chosen.
    pub method: Method,
    /// Seed of the points.
    pub seed: u64,
    /// Where the file says so.
    pub(super) method_span: Span,
    /// Points of each scramble or trajectory.
    pub points: u64,
    /// Scrambles or trajectories; 1 where the method knows none.
    pub scrambles: u64,
    /// Levels of each parameter on which trajectories move.
    pub levels: u64,
    /// The variants run at every point, each with its place.
    pub variants: Vec<At<String>>,
    /// Replications of a cell.
    pub replications: u64,
    /// Root seed of the replications.
    pub root_seed: u64,
    /// First replication.
    pub first: u64,
    /// Which cells share their random numbers.
    pub random_numbers: RandomNumbers,
    /// What varies, in the order of the columns.
    pub parameters: Vec<Parameter>,
    /// What might be better done otherwise.
    pub advice: Vec<String>,
    spread: Spread,
}

/// Where the values of a point come from.
#[derive(Clone, Debug)]
pub(super) enum Spread {
    /// By parameter, all its values.
    Grid(Vec<Vec<Level>>),
    Latin(Vec<Source>),
    Sobol(Vec<Source>),
    /// By point, one value a parameter.
    Table(Vec<Vec<Level>>),
    /// On so many levels.
    Morris(Vec<Source>, u64),
    Indices(Vec<Source>),
}

/// The values of one parameter that a place from 0 to 1 chooses from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Range(Range),
    List(Vec<Level>),
}

impl Source {
    fn at(&self, place: f64) -> Level {
        match self {
            Source::Range(range) => level(range.drawn(place)),
            Source::List(levels) => {
                let index = (place * levels.len() as f64) as usize;
                levels[index.min(levels.len() - 1)].clone()
            }
        }
    }

    /// The value at a share of the way from the first to the last, both ends included.
    fn along(&self, share: f64) -> Level {
        match self {
            Source::Range(range) => level(range.at(share)),
            Source::List(levels) => {
                let index = (share * (levels.len() - 1) as f64 + 0.5) as usize;
                levels[index.min(levels.len() - 1)].clone()
            }
        }
    }
}

fn level(node: Node) -> Level {
    Level { text: argument(&node), node }
}

impl Design {
    /// Reads text `source` as a design. `table` reads the CSV file it names, given as written, into the sources.
    ///
    /// # Errors
    /// Every fault of the file.
    pub fn read(
        sources: &mut Sources,
        source: u16,
        table: &mut dyn FnMut(&mut Sources, &str) -> Result<u16, String>,
    ) -> Result<Design, Faults> {
        let mut faults = Faults::new();
        let Some(root) = tree::parse(sources, source, &mut faults) else { return Err(faults) };
        let file = DesignFile::read(&root, &mut Reader::of("a design", &mut faults));
        let Some(file) = file else { return Err(faults) };
        let design = Build { file: &file, root: root.span, sources, faults: &mut faults }.design(table);
        match design {
            Some(design) if faults.is_empty() => Ok(design),
            _ => Err(faults),
        }
    }

    /// How many points there are, all scrambles together.
    pub fn len(&self) -> u64 {
        self.points * self.scrambles
    }

    /// Whether there is no point; a design that was read has at least one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of a scramble of indices: each has two points of their own and one a parameter.
    pub fn rows(&self) -> u64 {
        self.points / (self.parameters.len() as u64 + 2)
    }

    /// Every point, in order.
    pub fn all(&self) -> Vec<Point> {
        let mut coordinates: Vec<Coordinate> = match &self.spread {
            Spread::Latin(_) => {
                let paths = self.parameters.iter();
                paths.map(|p| Coordinate::new(&p.path, self.seed, self.points)).collect()
            }
            _ => Vec::new(),
        };
        let scrambles: Vec<Scramble> = (0..self.scrambles).map(|k| Scramble::new(self.seed, k)).collect();
        (0..self.len())
            .map(|number| {
                let (scramble, row) = (number / self.points, number % self.points);
                let levels = match &self.spread {
                    Spread::Grid(levels) => of_grid(levels, row),
                    Spread::Table(rows) => rows[row as usize].clone(),
                    Spread::Latin(sources) => {
                        sources.iter().zip(&mut coordinates).map(|(s, c)| s.at(c.at(row))).collect()
                    }
                    Spread::Sobol(sources) => {
                        let place = |(index, source): (usize, &Source)| {
                            source.at(scrambles[scramble as usize].at(row, index))
                        };
                        sources.iter().enumerate().map(place).collect()
                    }
                    Spread::Indices(sources) => {
                        let places =
                            saltelli::point(&scrambles[scramble as usize], sources.len(), row as usize);
                        sources.iter().zip(places).map(|(source, place)| source.at(place)).collect()
                    }
                    Spread::Morris(sources, grid) => {
                        let trajectory = Trajectory::new(self.seed, scramble, sources.len(), *grid);
                        let shares = trajectory.point(row as usize);
                        sources.iter().zip(shares).map(|(source, share)| source.along(share)).collect()
                    }
                };
                Point { number, scramble: (self.scrambles > 1).then_some(scramble), levels }
            })
            .collect()
    }

    /// The design in one line, for people.
    pub fn description(&self) -> String {
        let parameters = match self.parameters.len() {
            1 => "1 parameter".to_string(),
            n => format!("{n} parameters"),
        };
        match self.method {
            Method::Grid => format!("grid of {} points over {parameters}", self.points),
            Method::Latin => format!("Latin hypercube of {} points over {parameters}", self.points),
            Method::Table => format!("table of {} points over {parameters}", self.points),
            Method::Sobol if self.scrambles == 1 => {
                format!("{} scrambled Sobol points over {parameters}", self.points)
            }
            Method::Sobol => {
                format!("{} scrambles of {} Sobol points over {parameters}", self.scrambles, self.points)
            }
            Method::Morris => format!("{} Morris trajectories over {parameters}", self.scrambles),
            Method::Indices => {
                format!(
                    "Sobol indices from {} scrambles of {} rows over {parameters}",
                    self.scrambles,
                    self.rows()
                )
            }
        }
    }
}

/// The combination of values at a row of a grid; the last parameter changes fastest.
fn of_grid(levels: &[Vec<Level>], row: u64) -> Vec<Level> {
    let mut rest = row as usize;
    let mut point: Vec<Level> = levels
        .iter()
        .rev()
        .map(|values| {
            let level = values[rest % values.len()].clone();
            rest /= values.len();
            level
        })
        .collect();
    point.reverse();
    point
}

/// Makes a design of the file, reporting what is wrong with it.
pub(super) struct Build<'a> {
    pub(super) file: &'a DesignFile,
    root: Span,
    sources: &'a mut Sources,
    faults: &'a mut Faults,
}

impl Build<'_> {
    fn design(mut self, table: &mut dyn FnMut(&mut Sources, &str) -> Result<u16, String>) -> Option<Design> {
        let file = self.file;
        self.check_format();
        let variants = self.variants();
        let replications = file.replications.map_or(REPLICATIONS, |n| n.value);
        if let Some(n) = file.replications.filter(|n| n.value == 0) {
            let fault = Diagnostic::new("S200", n.span, "there is nothing to run: 0 replications");
            self.faults.push(fault.help("ask for at least 1"));
        }
        self.check_keys(&file.design);
        let (points, scrambles, parameters, spread) = match file.design.method.value {
            Method::Table => self.table(table)?,
            method => self.spread(method)?,
        };
        if file.design.method.value.is_analysis() {
            self.check_analysis();
        }
        self.check_size(points.checked_mul(scrambles), &parameters);
        let advice = advice(file.design.method.value, points);
        Some(Design {
            about: file.about.as_ref().map(|a| a.value.clone()),
            method: file.design.method.value,
            method_span: file.design.method.span,
            seed: file.design.seed.map_or(1, |s| s.value),
            points,
            scrambles,
            levels: file.design.levels.map_or(LEVELS, |n| n.value),
            variants,
            replications,
            root_seed: file.seed.map_or(1, |s| s.value),
            first: file.first.map_or(0, |f| f.value),
            random_numbers: file.random_numbers,
            parameters,
            advice,
            spread,
        })
    }

    pub(super) fn fault(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.faults.push(Diagnostic::new(code, span, message).help(help));
    }

    fn check_format(&mut self) {
        if self.file.format.value != 1 {
            let message = format!("design format {} is not known here", self.file.format.value);
            self.fault(
                "S100",
                self.file.format.span,
                message,
                "write format = 1, or use a newer version of Handover",
            );
        }
    }

    fn variants(&mut self) -> Vec<At<String>> {
        let written = self.file.variants.clone();
        if let Some([]) = written.as_deref() {
            self.fault(
                "S200",
                self.root,
                "there is nothing to run: no variants",
                "name some, or leave the key out",
            );
        }
        let variants = written.unwrap_or_else(|| vec![At::implied(BASE.to_string())]);
        for (index, name) in variants.iter().enumerate() {
            if variants[..index].iter().any(|earlier| earlier.value == name.value) {
                let message = format!("the variant `{}` is there twice", name.value);
                self.fault("S203", name.span, message, "name it once");
            }
        }
        variants
    }

    /// Keys that the method has no use for would be ignored: they are refused.
    fn check_keys(&mut self, choice: &Choice) {
        let method = choice.method.value;
        let uses = |methods: &[Method]| methods.contains(&method);
        let mut unused: Vec<(&str, Span)> = Vec::new();
        let mut check = |key: &'static str, span: Option<Span>, methods: &[Method]| {
            if let Some(span) = span.filter(|_| !uses(methods)) {
                unused.push((key, span));
            }
        };
        check("points", choice.points.map(|p| p.span), &[Method::Latin, Method::Sobol, Method::Indices]);
        check("scrambles", choice.scrambles.map(|p| p.span), &[Method::Sobol, Method::Indices]);
        check("trajectories", choice.trajectories.map(|p| p.span), &[Method::Morris]);
        check("levels", choice.levels.map(|p| p.span), &[Method::Morris]);
        let unseeded = [Method::Grid, Method::Table].contains(&method);
        check("seed", choice.seed.map(|p| p.span).filter(|_| unseeded), &[]);
        check("file", choice.file.as_ref().map(|p| p.span), &[Method::Table]);
        let point = self.file.point.as_ref().and_then(|points| points.first());
        check("point", point.map(|p| p.span), &[Method::Table]);
        let parameter = self.file.parameter.entries.first();
        check("parameter", parameter.map(|p| p.0.span).filter(|_| method == Method::Table), &[]);
        for (key, span) in unused {
            let message = format!("a design by `{}` has no use for `{key}`", method.as_str());
            self.fault("S202", span, message, "leave it out, or choose another method");
        }
    }

    fn check_size(&mut self, points: Option<u64>, parameters: &[Parameter]) {
        let span = self.file.design.span;
        if parameters.is_empty() && self.faults.is_empty() {
            return self.fault(
                "S200",
                span,
                "nothing varies in this design",
                "name parameters in [parameter]",
            );
        }
        match points {
            Some(0) => self.fault("S200", span, "this design has no points", "ask for at least 1"),
            Some(n) if n <= MOST => {}
            _ => {
                let message = format!("this design has more than {MOST} points");
                let help = match self.file.design.method.value.is_analysis() {
                    true => "take fewer points, scrambles or trajectories, or fewer parameters",
                    false => "take fewer steps, or a hypercube in place of a grid",
                };
                self.fault("S203", span, message, help);
            }
        }
    }

    fn spread(&mut self, method: Method) -> Option<(u64, u64, Vec<Parameter>, Spread)> {
        let before = self.faults.len();
        let mut parameters = Vec::new();
        let mut sources = Vec::new();
        for (key, values) in &self.file.parameter.entries {
            let change = path_of(key, self.sources, self.faults);
            let source = self.source(key, values, method);
            if let (Some(change), Some(source)) = (change, source) {
                parameters.push(Parameter { path: key.value.clone(), change });
                sources.push((source, values));
            }
        }
        if method == Method::Grid {
            let levels: Vec<Vec<Level>> = sources.iter().filter_map(|(s, v)| self.steps(s, v)).collect();
            let product = levels.iter().try_fold(1_u64, |n, l| n.checked_mul(l.len() as u64));
            let points = product.filter(|n| *n <= MOST).unwrap_or(MOST + 1);
            let points = if parameters.is_empty() { 0 } else { points };
            return (self.faults.len() == before).then_some((points, 1, parameters, Spread::Grid(levels)));
        }
        let choice = &self.file.design;
        if method == Method::Morris {
            let trajectories = choice.trajectories.map_or(TRAJECTORIES, |n| n.value);
            let grid = choice.levels.map_or(LEVELS, |n| n.value);
            let points = parameters.len() as u64 + 1;
            let sources = sources.into_iter().map(|(source, _)| source).collect();
            return Some((points, trajectories, parameters, Spread::Morris(sources, grid)));
        }
        let Some(points) = choice.points else {
            let message = "how many points is not said";
            self.fault("S011", choice.span, message, "write points = 64, say, in [design]");
            return None;
        };
        let sources = sources.into_iter().map(|(source, _)| source).collect();
        if method == Method::Latin {
            return Some((points.value, 1, parameters, Spread::Latin(sources)));
        }
        if method == Method::Indices {
            let scrambles = choice.scrambles.map_or(SCRAMBLES, |s| s.value);
            let each = parameters.len() as u64 + 2;
            let all = points.value.checked_mul(each).unwrap_or(MOST + 1);
            return Some((all, scrambles, parameters, Spread::Indices(sources)));
        }
        let scrambles = choice.scrambles.map_or(1, |s| s.value);
        if points.value > MOST_POINTS {
            let message = format!("a Sobol design has at most {MOST_POINTS} points in a scramble");
            self.fault("S203", points.span, message, "take several scrambles of fewer points");
        }
        if parameters.len() > MOST_COORDINATES {
            let message = format!("a Sobol design has at most {MOST_COORDINATES} parameters");
            self.fault("S203", choice.span, message, "take a Latin hypercube");
        }
        Some((points.value, scrambles, parameters, Spread::Sobol(sources)))
    }

    /// The values of one parameter.
    fn source(&mut self, key: &At<String>, values: &Values, method: Method) -> Option<Source> {
        if let Some(steps) = values.steps.filter(|_| method != Method::Grid) {
            self.fault(
                "S202",
                steps.span,
                "only a grid takes steps",
                "leave `steps` out, or choose method = \"grid\"",
            );
        }
        match (&values.from, &values.to, &values.values) {
            (None, None, Some(list)) => self.list(list),
            (Some(from), Some(to), None) => {
                let spacing = match values.scale {
                    Scale::Linear => Spacing::Linear,
                    Scale::Log => Spacing::Log,
                };
                match Range::new(from, to, spacing, values.whole) {
                    Ok(range) => Some(Source::Range(range)),
                    Err(fault) => {
                        self.faults.push(*fault);
                        None
                    }
                }
            }
            (None, None, None) => {
                let message = format!("`{}` has no values", key.value);
                self.fault("S011", values.span, message, "write from and to, or values = [ … ]");
                None
            }
            (_, _, Some(list)) => {
                let message = format!("`{}` has a range and a list of values", key.value);
                self.fault("S040", list.span, message, "keep one of them");
                None
            }
            _ => {
                let message = format!("the range of `{}` has only one end", key.value);
                self.fault("S011", values.span, message, "write both from and to");
                None
            }
        }
    }

    fn list(&mut self, list: &Node) -> Option<Source> {
        let Kind::Array(items) = &list.kind else {
            let message = format!("`values` is a list, not {}", list.kind.name());
            self.fault("S012", list.span, message, "write values = [0.1, 0.3], say");
            return None;
        };
        if items.is_empty() {
            self.fault("S200", list.span, "this list of values is empty", "give at least one value");
            return None;
        }
        let level = |node: &Node| Level { text: text_of(node, self.sources), node: node.clone() };
        Some(Source::List(items.iter().map(level).collect()))
    }

    /// The values of a parameter in a grid.
    fn steps(&mut self, source: &Source, values: &Values) -> Option<Vec<Level>> {
        let range = match source {
            Source::List(levels) => {
                if let Some(steps) = values.steps {
                    self.fault("S202", steps.span, "a list of values has no steps", "leave `steps` out");
                }
                return Some(levels.clone());
            }
            Source::Range(range) => range,
        };
        match values.steps {
            Some(steps) if (2..=MOST).contains(&steps.value) => {
                let last = (steps.value - 1) as f64;
                let mut levels: Vec<Level> =
                    (0..steps.value).map(|k| level(range.at(k as f64 / last))).collect();
                // Few whole numbers are hit more than once by many steps.
                levels.dedup_by(|a, b| a.text == b.text);
                Some(levels)
            }
            Some(steps) => {
                let message = "so many steps do not make a grid between two ends";
                self.fault("S200", steps.span, message, "take 2 steps or more, at most 100,000");
                None
            }
            None => {
                let message = "a grid must know how many steps a range has";
                self.fault("S011", values.span, message, "add steps = 5, say");
                None
            }
        }
    }

    fn table(
        &mut self,
        table: &mut dyn FnMut(&mut Sources, &str) -> Result<u16, String>,
    ) -> Option<(u64, u64, Vec<Parameter>, Spread)> {
        let choice = &self.file.design;
        let listed = match (&choice.file, &self.file.point) {
            (Some(file), None) => match table(self.sources, &file.value) {
                Ok(source) => listed::csv(source, self.sources, self.faults),
                Err(why) => {
                    self.fault("S001", file.span, why, "the path counts from the folder of the design file");
                    None
                }
            },
            (None, Some(points)) => {
                if points.is_empty() {
                    self.fault("S200", self.root, "this design has no points", "list some below [[point]]");
                }
                listed::inline(points, self.sources, self.faults)
            }
            (Some(file), Some(_)) => {
                let message = "the points are listed here and in a file";
                self.fault("S040", file.span, message, "keep one of them");
                None
            }
            (None, None) => {
                let message = "the points of this table are not there";
                self.fault(
                    "S200",
                    choice.span,
                    message,
                    "list them below [[point]], or name a CSV file: file = \"points.csv\"",
                );
                None
            }
        };
        let Listed { parameters, rows } = listed?;
        Some((rows.len() as u64, 1, parameters, Spread::Table(rows)))
    }
}

fn advice(method: Method, points: u64) -> Vec<String> {
    let mut list = Vec::new();
    if method == Method::Sobol && !points.is_power_of_two() && points > 0 {
        let above = points.next_power_of_two();
        list.push(format!(
            "Sobol points are balanced in powers of two: {} or {above} points serve better than {points}",
            above / 2
        ));
    }
    list
}
