//! Charts that stand alone, as files of their own: with title, key and style sheet, light and dark, on a ground of their own.

use super::chart::axis::Axis;
use super::chart::rows::{Row, Rows, Shape};
use super::chart::{At, label, rect};
use super::markup::Markup;
use super::page::Sign;

/// The style sheet of drawings.
const SHEET: &str = include_str!("chart.css");
const MARGIN: f64 = 16.0;
const HEAD: f64 = 34.0;
const LINE: f64 = 20.0;
/// Width of a character of the key, about.
const CHARACTER: f64 = 7.4;

/// What stands around a chart.
pub(super) struct Picture<'a> {
    /// Its title.
    pub title: &'a str,
    /// What it shows, for who does not see it.
    pub about: &'a str,
    /// The signs used.
    pub key: &'a [(Sign, &'a str)],
    /// Width and height of the chart.
    pub size: (f64, f64),
}

impl Picture<'_> {
    /// The file.
    pub(super) fn draw(&self, inside: impl FnOnce(&mut Markup)) -> String {
        let places = self.places();
        let lines = places.last().map_or(0, |(line, _)| line + 1);
        let width = self.size.0 + 2.0 * MARGIN;
        let height = HEAD + self.size.1 + LINE * lines as f64 + MARGIN;
        let mut out = Markup::new();
        out.element(
            "svg",
            &[
                ("xmlns", &"http://www.w3.org/2000/svg"),
                ("viewBox", &format!("0 0 {} {}", At(width), At(height))),
                ("width", &At(1.5 * width)),
                ("role", &"img"),
                ("aria-labelledby", &"title about"),
            ],
            |out| {
                out.words("title", &[("id", &"title")], self.title);
                out.words("desc", &[("id", &"about")], self.about);
                out.style(SHEET);
                rect(out, "paper", (0.0, 0.0), (width, height));
                label(out, "head", (MARGIN, 24.0), self.title);
                moved(out, (MARGIN, HEAD), inside);
                for ((line, at), (sign, words)) in places.iter().zip(self.key) {
                    let top = HEAD + self.size.1 + LINE * *line as f64;
                    moved(out, (MARGIN + at, top), |out| sign.inside(out));
                    label(out, "tick", (MARGIN + at + 36.0, top + 11.0), words);
                }
            },
        );
        out.line();
        out.into_string()
    }

    /// The line and the place of each sign of the key.
    fn places(&self) -> Vec<(usize, f64)> {
        let (mut line, mut at) = (0, 0.0);
        let place = |(_, words): &(Sign, &str)| {
            let width = 36.0 + CHARACTER * words.chars().count() as f64 + 14.0;
            if at > 0.0 && at + width > self.size.0 + 14.0 {
                (line, at) = (line + 1, 0.0);
            }
            let place = (line, at);
            at += width;
            place
        };
        self.key.iter().map(place).collect()
    }
}

fn moved(out: &mut Markup, (x, y): (f64, f64), inside: impl FnOnce(&mut Markup)) {
    out.element("g", &[("transform", &format!("translate({} {})", At(x), At(y)))], inside);
}

/// A forecast number, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Its name.
    pub label: String,
    /// Its figures.
    pub text: String,
    /// Quantiles at 5, 10, 25, 50, 75, 90 and 95 percent.
    pub quantiles: [f64; 7],
    /// What came.
    pub seen: Option<f64>,
}

/// Forecast numbers one below the other on one axis.
pub fn strips(title: &str, axis: &str, list: &[Strip]) -> String {
    let row = |strip: &Strip| Row {
        label: strip.label.clone(),
        text: strip.text.clone(),
        aside: String::new(),
        class: "c1",
        shape: Shape::Strip { quantiles: strip.quantiles, due: None, seen: strip.seen },
    };
    let rows: Vec<Row> = list.iter().map(row).collect();
    let key = [
        (Sign::Line("c1 stroke"), "median"),
        (Sign::Patch("c1 fill inner"), "50% of replications"),
        (Sign::Patch("c1 fill between"), "80%"),
        (Sign::Patch("c1 fill outer"), "90%"),
        (Sign::Mark("seen"), "what came"),
    ];
    let (low, high) = Rows::extent(&rows);
    rows_alone(title, Rows { axis: Axis::numbers(low, high, axis), rows }, &key)
}

/// A probability with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// Its name.
    pub label: String,
    /// Its figures.
    pub text: String,
    /// The probability.
    pub value: f64,
    /// Its 95 percent interval.
    pub interval: Option<(f64, f64)>,
}

/// Probabilities one below the other.
pub fn chances(title: &str, list: &[Chance]) -> String {
    let row = |chance: &Chance| Row {
        label: chance.label.clone(),
        text: chance.text.clone(),
        aside: String::new(),
        class: "c4",
        shape: Shape::Point { value: chance.value, interval: chance.interval, joint: None },
    };
    let chart = Rows { axis: Axis::shares("probability"), rows: list.iter().map(row).collect() };
    let key = [
        (Sign::Mark("c4 dot"), "probability"),
        (Sign::Patch("c4 fill inner"), "its 95% interval, simulation error alone"),
    ];
    rows_alone(title, chart, &key)
}

/// A chart of rows as a file.
pub(super) fn rows_alone(title: &str, chart: Rows, key: &[(Sign, &str)]) -> String {
    let told: Vec<String> = chart.rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
    let about = format!("{}.", told.join("; "));
    Picture { title, about: &about, key, size: chart.size() }.draw(|out| chart.inside(out))
}
