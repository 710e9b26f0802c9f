//! The tables of a sweep: one row a cell and outcome, one row a cell, and what a terminal shows.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::document::CONFIDENCE;
use super::quantity::number;
use super::table::{figures as shown_with, show_of, shown, words};
use crate::batch::cell::CellSample;
use crate::design::{Cell, Cells};
use crate::model::plan::Plan;
use crate::model::world::ENDINGS;
use crate::stats::Tally;
use crate::stats::interval::{Interval, student, wilson};

/// The figures of one outcome in one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The outcome's name; endings are called `ending.NAME`.
    pub outcome: String,
    /// In how many replications it exists.
    pub n: u64,
    /// Mean, standard deviation, standard error, and the ends of the 95 percent interval of the mean.
    pub moments: [Option<f64>; 5],
    /// Least, 5, 25, 50, 75 and 95 percent, greatest.
    pub places: [Option<i64>; 7],
    /// The mean minus that of the first variant at the same point, its standard error, and the ends of its 95 percent interval; none for
    /// the first variant itself, and for endings.
    pub difference: [Option<f64>; 4],
}

const MOMENTS: [&str; 5] = ["mean", "sd", "se", "lo", "hi"];
const PLACES: [&str; 7] = ["min", "p05", "p25", "p50", "p75", "p95", "max"];
const DIFFERENCE: [&str; 4] = ["difference", "difference_se", "difference_lo", "difference_hi"];

/// Every figure of a cell: endings, then outcomes.
pub fn figures(plan: &Plan, sample: &CellSample) -> Vec<Figures> {
    let all = sample.replications();
    let endings = ENDINGS.iter().zip(sample.endings).map(|(name, n)| ending(name, n, all));
    let outcomes = plan.outcomes.iter().enumerate();
    let outcomes = outcomes
        .map(|(place, spec)| of_tally(spec.name.clone(), sample.tally(place), spec.measure.is_flag()));
    endings.chain(outcomes).collect()
}

/// Says of each outcome how it differs from the same in the first variant at the same point, by what their groups of replications have in
/// common: exact where random numbers are shared, and as good as two separate means where they are not.
pub fn hold_against(
    figures: &mut [Figures],
    (plan, sample): (&Plan, &CellSample),
    (first_plan, first): (&Plan, &CellSample),
) {
    let place = |plan: &Plan, name: &str| plan.outcomes.iter().position(|spec| spec.name == name);
    for row in figures {
        let (Some(own), Some(other)) = (place(plan, &row.outcome), place(first_plan, &row.outcome)) else {
            continue;
        };
        if let Some(contrast) = CellSample::contrast((first, other), (sample, own)) {
            let is_flag = plan.outcomes[own].measure.is_flag();
            let interval = if is_flag && contrast.se == 0.0 {
                // What never differed may yet differ, as seldom as so many replications allow.
                let reach = unseen(row.n, CONFIDENCE);
                Some(Interval { low: contrast.difference - reach, high: contrast.difference + reach })
            } else {
                contrast.interval(CONFIDENCE)
            };
            let (lo, hi) = (interval.map(|i| i.low), interval.map(|i| i.high));
            row.difference = [Some(contrast.difference), Some(contrast.se), lo, hi];
        }
    }
}

fn ending(name: &str, hits: u64, all: u64) -> Figures {
    let mut tally = Tally::new(crate::stats::Bins::FLAG);
    tally.record_many(1, hits);
    tally.record_many(0, all - hits);
    of_tally(format!("ending.{name}"), &tally, true)
}

fn of_tally(outcome: String, tally: &Tally, is_flag: bool) -> Figures {
    let interval = super::document::interval(tally, is_flag);
    let quantile = |percent| tally.quantile(percent);
    Figures {
        outcome,
        n: tally.count(),
        moments: [tally.mean(), tally.sd(), tally.se(), interval.map(|i| i.low), interval.map(|i| i.high)],
        places: [
            tally.min(),
            quantile(5),
            quantile(25),
            quantile(50),
            quantile(75),
            quantile(95),
            tally.max(),
        ],
        difference: [None; 4],
    }
}

/// One field of CSV.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

/// The columns that say which cell it is: number, point, scramble, variant, and the value of every parameter.
fn place(cells: &Cells<'_>, cell: &Cell) -> Vec<String> {
    let point = &cells.points[cell.point];
    let mut fields = vec![
        cell.number.to_string(),
        point.number.to_string(),
        or_empty(point.scramble),
        field(cells.variant_of(cell)),
    ];
    fields.extend(point.levels.iter().map(|level| field(&level.text)));
    fields
}

fn head(cells: &Cells<'_>, more: &[&str]) -> String {
    let mut fields: Vec<String> = ["cell", "point", "scramble", "variant"].map(str::to_string).to_vec();
    fields.extend(cells.design.parameters.iter().map(|p| field(&p.path)));
    fields.extend(more.iter().map(|name| (*name).to_string()));
    fields.join(",")
}

/// The head of the tidy table.
///
/// # Errors
/// Where it cannot be written.
pub fn write_table_head(cells: &Cells<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut more = vec!["outcome", "n"];
    more.extend(MOMENTS);
    more.extend(PLACES);
    if cells.design.variants.len() > 1 {
        more.extend(DIFFERENCE);
    }
    writeln!(out, "{}", head(cells, &more))
}

/// The rows of one cell in the tidy table, one an outcome.
///
/// # Errors
/// Where they cannot be written.
pub fn write_table_rows(
    cells: &Cells<'_>,
    cell: &Cell,
    figures: &[Figures],
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = place(cells, cell).join(",");
    for row in figures {
        let moments = row.moments.map(or_empty).join(",");
        let places = row.places.map(or_empty).join(",");
        write!(out, "{place},{},{},{moments},{places}", field(&row.outcome), row.n)?;
        if cells.design.variants.len() > 1 {
            write!(out, ",{}", row.difference.map(or_empty).join(","))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The rows of one cell as JSON, one an outcome.
pub fn documents(cells: &Cells<'_>, cell: &Cell, figures: &[Figures]) -> Vec<Value> {
    let point = &cells.points[cell.point];
    let levels = cells.design.parameters.iter().zip(&point.levels);
    let parameters: Map<String, Value> =
        levels.map(|(parameter, level)| (parameter.path.clone(), json!(level.text))).collect();
    let row = |row: &Figures| {
        let mut value = json!({
            "cell": cell.number,
            "point": point.number,
            "scramble": point.scramble,
            "variant": cells.variant_of(cell),
            "parameters": parameters,
            "outcome": row.outcome,
            "n": row.n,
        });
        for (name, figure) in MOMENTS.iter().zip(row.moments) {
            value[*name] = json!(figure);
        }
        for (name, figure) in PLACES.iter().zip(row.places) {
            value[*name] = json!(figure);
        }
        if cells.design.variants.len() > 1 {
            for (name, figure) in DIFFERENCE.iter().zip(row.difference) {
                value[*name] = json!(figure);
            }
        }
        value
    };
    figures.iter().map(row).collect()
}

/// The head of the table of cells.
///
/// # Errors
/// Where it cannot be written.
pub fn write_cells_head(cells: &Cells<'_>, out: &mut dyn Write) -> io::Result<()> {
    let more = ["seed", "first", "replications", "scenario_digest", "digest", "command"];
    writeln!(out, "{}", head(cells, &more))
}

/// The row of one cell in the table of cells, with the command that runs it alone.
///
/// # Errors
/// Where it cannot be written.
pub fn write_cells_row(
    cells: &Cells<'_>,
    cell: &Cell,
    sample: &CellSample,
    command: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let design = cells.design;
    writeln!(
        out,
        "{},{},{},{},{},{},{}",
        place(cells, cell).join(","),
        cell.seed,
        design.first,
        sample.replications(),
        cell.digest,
        sample.summary.digest(),
        field(command)
    )
}

/// The command that runs one cell alone; `sets` are the changes made to every cell.
pub fn command(cells: &Cells<'_>, cell: &Cell, scenario: &str, sets: &[String]) -> String {
    let design = cells.design;
    let mut text = format!("handover run {}", quoted(scenario));
    if cells.variant_of(cell) != crate::scenario::load::BASE {
        let _ = write!(text, " --variant {}", quoted(cells.variant_of(cell)));
    }
    for set in sets.iter().cloned().chain(cells.sets(cell.point)) {
        let _ = write!(text, " --set {}", quoted(&set));
    }
    let _ = write!(text, " --replications {} --seed {}", design.replications, cell.seed);
    if design.first > 0 {
        let _ = write!(text, " --first {}", design.first);
    }
    text
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_string()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// What a terminal shows of each cell.
const SHOWN: [&str; 4] = ["captives_released", "prisoners_released", "completed", "collapsed"];

/// How many cells a terminal shows.
const MOST_SHOWN: usize = 40;

/// The table of the first cells for people, row by row.
#[derive(Debug, Default)]
pub struct Overview {
    lines: Vec<Vec<String>>,
    more: usize,
}

impl Overview {
    /// Adds a cell.
    pub fn add(&mut self, cells: &Cells<'_>, cell: &Cell, plan: &Plan, sample: &CellSample) {
        if self.lines.len() >= MOST_SHOWN {
            self.more += 1;
            return;
        }
        let mut line = vec![cell.number.to_string()];
        if cells.design.variants.len() > 1 {
            line.push(cells.variant_of(cell).to_string());
        }
        line.extend(cells.points[cell.point].levels.iter().map(|level| level.text.clone()));
        for name in SHOWN {
            let place = plan.outcomes.iter().position(|o| o.name == name);
            line.push(place.map_or("-".to_string(), |place| figure(plan, place, sample)));
        }
        self.lines.push(line);
    }

    /// The table as text.
    pub fn render(&self, cells: &Cells<'_>) -> String {
        let mut head = vec!["cell".to_string()];
        if cells.design.variants.len() > 1 {
            head.push("variant".to_string());
        }
        head.extend(cells.design.parameters.iter().map(|p| p.path.clone()));
        head.extend(SHOWN.map(|name| name.replace('_', " ")));
        let mut text = aligned(&head, &self.lines);
        if self.more > 0 {
            let _ = writeln!(text, "  ({} cells more in table.csv)", number(self.more as f64));
        }
        text
    }
}

fn figure(plan: &Plan, place: usize, sample: &CellSample) -> String {
    let spec = &plan.outcomes[place];
    let is_flag = spec.measure.is_flag();
    let show = show_of(&spec.name, is_flag);
    let tally = sample.tally(place);
    match (tally.mean(), super::document::interval(tally, is_flag)) {
        (Some(mean), Some(i)) => {
            let [mean, low, high] = shown_with(show, mean, i.low, i.high);
            format!("{mean} ({low} to {high})")
        }
        (Some(mean), None) => shown(show, mean),
        _ => "-".to_string(),
    }
}

/// Rows under a head, each column as wide as it needs.
pub(super) fn aligned(head: &[String], lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column)).chain(head.get(column));
        cells.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for line in std::iter::once(head).chain(lines.iter().map(Vec::as_slice)) {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<String>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Means over the whole design, one a variant and outcome, with the interval that independent scrambles give.
#[derive(Debug, Default)]
pub struct Overall {
    /// By variant and outcome: by scramble, the sum of the means and how many points have one.
    sums: std::collections::BTreeMap<(usize, usize, String), Vec<(f64, u64)>>,
}

impl Overall {
    /// Adds a cell, where the design has scrambles.
    pub fn add(&mut self, cells: &Cells<'_>, cell: &Cell, figures: &[Figures]) {
        let Some(scramble) = cells.points[cell.point].scramble else { return };
        for (order, row) in figures.iter().enumerate() {
            let Some(mean) = row.moments[0] else { continue };
            let sums = self.sums.entry((cell.variant, order, row.outcome.clone())).or_default();
            sums.resize(cells.design.scrambles as usize, (0.0, 0));
            let (sum, n) = &mut sums[scramble as usize];
            *sum += mean;
            *n += 1;
        }
    }

    /// Whether there is anything to say.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &str, Option<(f64, f64, Interval)>)> {
        self.sums
            .iter()
            .map(|((variant, _, outcome), sums)| (*variant, outcome.as_str(), over_scrambles(sums)))
    }

    /// One row a variant and outcome as CSV.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, cells: &Cells<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "variant,outcome,scrambles,mean,se,lo,hi")?;
        for (variant, outcome, found) in self.rows() {
            let name = field(&cells.design.variants[variant].value);
            let scrambles = cells.design.scrambles;
            let figures =
                found.map_or(",,,".to_string(), |(mean, se, i)| format!("{mean},{se},{},{}", i.low, i.high));
            writeln!(out, "{name},{},{scrambles},{figures}", field(outcome))?;
        }
        Ok(())
    }

    /// The outcomes most asked for, for people.
    pub fn render(&self, cells: &Cells<'_>) -> String {
        let mut text = format!(
            "Over the whole design, with 95% intervals from its {} independent scrambles:\n",
            cells.design.scrambles
        );
        let head = ["variant", "outcome", "mean", "95% interval"].map(str::to_string);
        let rows = self.rows().filter(|(_, outcome, _)| SHOWN.contains(outcome));
        let lines: Vec<Vec<String>> = rows
            .filter_map(|(variant, outcome, found)| {
                let (mean, _, i) = found?;
                let show = show_of(outcome, ["completed", "collapsed"].contains(&outcome));
                Some(vec![
                    cells.design.variants[variant].value.clone(),
                    words(outcome, show),
                    shown(show, mean),
                    format!("{} to {}", shown(show, i.low), shown(show, i.high)),
                ])
            })
            .collect();
        text.push_str(&aligned(&head, &lines));
        text
    }
}

/// Mean, standard error and Student's interval over scrambles, where each has the outcome at some point.
fn over_scrambles(sums: &[(f64, u64)]) -> Option<(f64, f64, Interval)> {
    let means: Option<Vec<f64>> = sums.iter().map(|(sum, n)| (*n > 0).then(|| sum / *n as f64)).collect();
    let means = means?;
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    let squares: f64 = means.iter().map(|m| (m - mean) * (m - mean)).sum();
    let se = (squares / (n - 1.0) / n).sqrt();
    Some((mean, se, student(mean, se, means.len() as u64, CONFIDENCE)?))
}

/// The interval of a share or of a mean at any confidence.
pub(super) fn interval_at(tally: &Tally, is_flag: bool, confidence: f64) -> Option<Interval> {
    if is_flag { tally.proportion_interval(confidence) } else { tally.mean_interval(confidence) }
}

/// The largest share that "none of so many" leaves possible.
pub(super) fn unseen(n: u64, confidence: f64) -> f64 {
    wilson(0, n, confidence).map_or(1.0, |i| i.high)
}
