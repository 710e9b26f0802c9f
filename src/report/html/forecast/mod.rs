//! The pages of a forecast and of a back-test, from their documents: fans by day, the day of each release to come, probabilities; and
//! for a back-test what was observed, on top of them, and how the forecasts scored.

mod chances;
mod document;
mod fans;
mod legs;
mod picture;
mod scores;

pub use document::{Backtest, Forecast, Past};

use super::markup::Markup;
use super::page::{Card, Cell, Section, Table, Title, cards, facts, page};
use super::{FOOT, Origin, capital};
use crate::report::document::Run;
use crate::report::quantity::{number, percents, several};
use document::{AsOf, Asked, Share};

/// What all parts of a page of forecasts need.
struct View<'a> {
    verb: &'static str,
    past: &'a Past,
    labels: &'a [String; 2],
    origin: &'a Origin,
    variant: &'a str,
    run: Run,
}

/// The page of a forecast.
pub fn forecast(of: &Forecast, past: &Past, origin: &Origin) -> String {
    let run = Run { seed: of.seed, first: of.first, replications: of.replications };
    let view = View { verb: "forecast", past, labels: &of.labels, origin, variant: &of.variant, run };
    let title = Title {
        heading: of.scenario.name.clone(),
        lead: format!("forecast as of the end of day {}, {}; {}", of.as_of.day, of.as_of.date, view.runs()),
        about: vec![format!(
            "What was on record by the end of that day{} is replayed; what comes after it is simulated from the scenario's assumptions. {} of \
             the past are used{}.",
            of.history.case.as_ref().map(|case| format!(" ({case})")).unwrap_or_default(),
            several(of.history.facts, "fact"),
            match of.history.uncertain_facts {
                0 => String::new(),
                n => format!(
                    ", {} of them with uncertain moments, which each replication draws",
                    number(n as f64)
                ),
            }
        )],
    };
    let questions: Vec<Asked> = of.questions.clone();
    let sections = [
        section("headline", "In short", |out| headline(out, &questions)),
        section("releases", "People released by day", |out| {
            figures(out, |out| view.fans(out, of.as_of.day, &of.fans, true, ""));
        }),
        section("legs", "Day of each release to come", |out| {
            figures(out, |out| view.legs(out, of.as_of.day, &questions, ""));
        }),
        section("events", "Probabilities", |out| {
            figures(out, |out| view.chances(out, of.as_of.day, &questions, ""))
        }),
        section("amounts", "Deliveries and alleged violations", |out| {
            figures(out, |out| view.fans(out, of.as_of.day, &of.fans, false, ""));
            let table = amounts(&questions);
            if !table.rows.is_empty() {
                table.draw(out);
            }
        }),
        section("limits", "Limits", |out| list(out, &[&of.remarks[..], &of.limits[..]].concat())),
        section("origin", "Where it comes from", |out| view.origin(out, &[&of.as_of], &of.parameters_digest)),
    ];
    page(&title, &filled(sections), FOOT)
}

/// The page of a back-test.
pub fn backtest(of: &Backtest, past: &Past, origin: &Origin) -> String {
    let Some(first) = of.days.first() else { return String::new() };
    let run = Run { seed: first.seed, first: first.first, replications: first.replications };
    let view = View { verb: "backtest", past, labels: &first.labels, origin, variant: &first.variant, run };
    let days: Vec<String> = of.days.iter().map(|tested| tested.as_of.day.to_string()).collect();
    let title = Title {
        heading: first.scenario.clone(),
        lead: format!("back-test, as of the end of day {}; {}", days.join(", "), view.runs()),
        about: vec![
            "Each forecast knows only what was on record by the end of its day. What was observed afterwards is drawn on top of it, and the \
             forecast is scored beside plain rules of thumb."
                .to_string(),
        ],
    };
    let each = |out: &mut Markup, draw: &dyn Fn(&mut Markup, &document::Tested, &str)| {
        figures(out, |out| {
            for tested in &of.days {
                let from = if of.days.len() > 1 {
                    format!(", as of day {}", tested.as_of.day)
                } else {
                    String::new()
                };
                draw(out, tested, &from);
            }
        });
    };
    let as_of: Vec<&AsOf> = of.days.iter().map(|tested| &tested.as_of).collect();
    let sections = [
        section("headline", "In short", |out| scores::headline(out, of)),
        section("releases", "People released by day", |out| {
            each(out, &|out, t, from| view.fans(out, t.as_of.day, &t.fans, true, from));
        }),
        section("legs", "Day of each release", |out| {
            each(out, &|out, t, from| view.legs(out, t.as_of.day, &t.asked(), from));
        }),
        section("events", "Probabilities, and what happened", |out| {
            each(out, &|out, t, from| view.chances(out, t.as_of.day, &t.asked(), from));
        }),
        section("amounts", "Deliveries and alleged violations", |out| {
            each(out, &|out, t, from| view.fans(out, t.as_of.day, &t.fans, false, from));
        }),
        section("calibration", "Calibration", |out| view.calibration(out, of)),
        section("baselines", "Beside plain rules of thumb", |out| scores::baselines(out, of)),
        section("targets", "All figures that were scored", |out| scores::targets(out, of)),
        section("limits", "What this can and cannot show", |out| list(out, &of.limits())),
        section("origin", "Where it comes from", |out| view.origin(out, &as_of, &first.parameters_digest)),
    ];
    page(&title, &filled(sections), FOOT)
}

fn section<'a>(id: &'static str, heading: &'static str, inside: impl Fn(&mut Markup) + 'a) -> Section<'a> {
    Section { id, heading, inside: Box::new(inside) }
}

/// The sections that have something in them: one without deliveries, or without releases to come, is left out with its heading.
fn filled<'a>(sections: impl IntoIterator<Item = Section<'a>>) -> Vec<Section<'a>> {
    let is_filled = |section: &Section<'_>| {
        let mut out = Markup::new();
        (section.inside)(&mut out);
        !matches!(out.into_string().trim(), "" | r#"<div class="figures"></div>"#)
    };
    sections.into_iter().filter(is_filled).collect()
}

fn figures(out: &mut Markup, inside: impl FnOnce(&mut Markup)) {
    out.element("div", &[("class", &"figures")], inside);
}

fn list(out: &mut Markup, lines: &[String]) {
    out.element("ul", &[], |out| lines.iter().for_each(|line| out.words("li", &[], line)));
}

/// A target's or question's name in words, those of its label where it has one.
pub(super) fn words(name: &str, label: &str) -> String {
    let name = if label.is_empty() { name } else { label };
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [side, tranche, "day"] => format!("{}, {side}", super::tranche_words(tranche)),
        _ => name.replace(['_', '.'], " "),
    }
}

/// A share with its interval: "83% (82% to 84%)".
fn shown_share(share: &Share) -> String {
    match share.probability.zip(share.lo).zip(share.hi) {
        Some(((p, low), high)) => {
            let [p, low, high] = percents(p, low, high);
            format!("{p} ({low} to {high})")
        }
        None => "none".to_string(),
    }
}

const NOTE: &str = "A probability is followed by its 95% interval, which is simulation error alone: the share of replications would lie there if more were \
                    run. What the assumptions are worth is another matter; see Limits.";

fn headline(out: &mut Markup, questions: &[Asked]) {
    out.words("p", &[("class", &"note")], NOTE);
    let mut shown = Vec::new();
    for side in ["captives", "prisoners"] {
        let of_side = questions.iter().filter(|q| q.unit == "people" && q.name.starts_with(side));
        shown.extend(of_side.max_by_key(|q| q.by_day).and_then(number_card));
    }
    let is_first = |q: &&Asked| {
        q.unit == "event"
            && ["all_captives", "promised_captives", "collapsed", "releases_of"]
                .iter()
                .any(|n| q.name.starts_with(n))
    };
    shown.extend(questions.iter().filter(is_first).filter_map(chance_card));
    cards(out, &shown);
}

fn number_card(asked: &Asked) -> Option<Card> {
    let [p05, _, p25, p50, p75, _, p95] = asked.quantiles()?;
    Some(Card {
        name: format!("{}, median", capital(&words(&asked.name, &asked.label))),
        figure: Cell::figure(number(p50), p50),
        lines: vec![
            asked.median_interval(),
            format!("50% of replications: {} to {}", number(p25), number(p75)),
            format!("90% of replications: {} to {}", number(p05), number(p95)),
        ],
    })
}

fn chance_card(asked: &Asked) -> Option<Card> {
    let (p, low, high) = (asked.share.probability?, asked.share.lo?, asked.share.hi?);
    let [shown, low, high] = percents(p, low, high);
    Some(Card {
        name: capital(&words(&asked.name, &asked.label)),
        figure: Cell::figure(shown, p),
        lines: vec![
            format!("95% interval {low} to {high}"),
            format!("of {}", several(asked.n, "replication")),
        ],
    })
}

/// The numbers that are neither people nor days.
fn amounts(questions: &[Asked]) -> Table {
    let mut table = Table::new(
        "Amounts over the days named: mean and quantiles of the replications",
        &["amount", "mean", "5%", "25%", "median", "75%", "95%"],
    );
    for asked in questions.iter().filter(|q| ["amount", "count"].contains(&q.unit.as_str())) {
        let Some([p05, _, p25, p50, p75, _, p95]) = asked.quantiles() else { continue };
        let mut row = vec![Cell::words(words(&asked.name, &asked.label)), Cell::maybe(number, asked.mean)];
        row.extend([p05, p25, p50, p75, p95].map(|v| Cell::figure(number(v), v)));
        table.rows.push(row);
    }
    table
}

impl View<'_> {
    fn runs(&self) -> String {
        let variant = if self.variant == crate::scenario::load::BASE {
            String::new()
        } else {
            format!("variant {}, ", self.variant)
        };
        format!("{variant}{}, seed {}", several(self.run.replications, "replication"), self.run.seed)
    }

    fn command(&self) -> String {
        super::command::past(self.verb, self.origin, self.variant, &self.run, self.past)
    }

    fn origin(&self, out: &mut Markup, as_of: &[&AsOf], parameters: &str) {
        let days: Vec<String> = as_of.iter().map(|of| format!("day {}, {}", of.day, of.date)).collect();
        let last = self.run.first + self.run.replications.saturating_sub(1);
        let mut lines = vec![
            ("File", self.origin.file.clone()),
            ("Variant", self.variant.to_string()),
            ("Overrides", none_or(&self.origin.overrides)),
            ("History", self.past.history.clone()),
            ("Known to the end of", days.join("; ")),
            ("Digest of the parameters, without any past", parameters.to_string()),
            ("Seed", self.run.seed.to_string()),
            (
                "Replications",
                format!("{}, from {} to {last}", number(self.run.replications as f64), self.run.first),
            ),
            ("Sampling version", crate::kernel::stream::SAMPLING_VERSION.to_string()),
            ("Program", format!("handover {}", self.origin.version)),
            ("Platform", self.origin.platform.clone()),
        ];
        if !self.past.cases.is_empty() {
            lines.push(("Other cases", self.past.cases.join(", ")));
        }
        facts(out, &lines);
        out.words("h3", &[], "To get the same figures again");
        out.words("pre", &[], self.command());
        out.words(
            "p",
            &[("class", &"note")],
            "Whoever publishes the digest of the parameters before the day that is forecast shows that they were not changed afterwards. File names are \
             as they were given to the program.",
        );
    }
}

fn none_or(list: &[String]) -> String {
    if list.is_empty() { "none".to_string() } else { list.join(", ") }
}
