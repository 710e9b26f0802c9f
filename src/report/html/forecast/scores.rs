//! How forecasts did: coverage, transforms, scores beside baselines, every figure that was scored.

use super::document::{Backtest, Covered, Joint, Target, Tested};
use super::{View, shown_share, words};
use crate::report::html::chart::bins::Bins;
use crate::report::html::markup::Markup;
use crate::report::html::page::{Card, Cell, Figure, Sign, Table, cards};
use crate::report::quantity::{number, percent, percents, several};
use crate::report::words::alternative;

const SHARES: [&str; 4] = ["50", "80", "90", "95"];

pub(super) fn headline(out: &mut Markup, of: &Backtest) {
    out.words(
        "p",
        &[("class", &"warn")],
        "One exchange is one episode, and its figures depend on each other: this is a plausibility check, not validation. A good score proves little, a \
         bad one a lot.",
    );
    let mut list: Vec<Card> = SHARES[..3].iter().filter_map(|share| covered_card(of, share)).collect();
    for (name, says) in RULES {
        list.extend(beside_card(of, name, says));
    }
    cards(out, &list);
}

fn covered_card(of: &Backtest, share: &str) -> Option<Card> {
    let covered = of.coverage.get(share).filter(|covered| covered.of > 0)?;
    let hits = covered.hits as f64 / covered.of as f64;
    Some(Card {
        name: format!("Numbers inside their {share}% intervals"),
        figure: Cell::figure(format!("{} of {}", covered.hits, covered.of), hits),
        lines: vec![interval_line(covered, hits), format!("{share}% would be calibrated")],
    })
}

fn interval_line(covered: &Covered, hits: f64) -> String {
    match covered.lo.zip(covered.hi) {
        Some((low, high)) => {
            let [share, low, high] = percents(hits, low, high);
            format!("{share}; {low} to {high} if they were independent, which they are not")
        }
        None => percent(hits),
    }
}

/// The rules of thumb that forecasts are held against, and what they say.
const RULES: [(&str, &str); 3] = [
    ("paper_schedule", "everything on its day"),
    ("persistence", "what comes is like what came"),
    ("climatology", "as in other cases"),
];

fn beside_card(of: &Backtest, name: &str, says: &str) -> Option<Card> {
    let all = of.days.iter().flat_map(|tested| &tested.against);
    let entries: Vec<_> = all
        .filter(|(key, _)| key.split_once('.').is_some_and(|(rule, _)| rule == name))
        .map(|(_, b)| b)
        .collect();
    let sum = |count: fn(&super::document::Beside) -> u64| entries.iter().map(|b| count(b)).sum::<u64>();
    let (targets, better, equal) = (sum(|b| b.targets), sum(|b| b.better), sum(|b| b.equal));
    (targets > 0).then(|| Card {
        name: format!("Better than “{says}”"),
        figure: Cell::figure(format!("{better} of {targets}"), better as f64 / targets as f64),
        lines: vec![format!("{equal} equal"), "no difference is shown to be skill".to_string()],
    })
}

pub(super) const KEY: &[(Sign, &str)] = &[
    (Sign::Mark("c1 dot"), "a number"),
    (Sign::Mark("c4 hollow"), "an event"),
    (Sign::Line("agreed"), "even"),
];

impl View<'_> {
    pub(super) fn calibration(&self, out: &mut Markup, of: &Backtest) {
        out.element("div", &[("class", &"figures")], |out| {
            for tested in &of.days {
                let from = if of.days.len() > 1 {
                    format!(", as of day {}", tested.as_of.day)
                } else {
                    String::new()
                };
                self.transforms(out, tested, &from);
            }
        });
        coverage(of).draw(out);
    }

    fn transforms(&self, out: &mut Markup, tested: &Tested, from: &str) {
        let Some((chart, told)) = transforms(tested) else { return };
        let counted = counted(tested);
        let (title, id) = (
            format!("Where what came lay in the forecast{from}"),
            format!("transforms-{}", tested.as_of.day),
        );
        let mut table = Table::new(format!("{title}: randomised transforms"), &["figure", "transform"]);
        for target in &counted {
            table.rows.push(vec![
                Cell::words(words(&target.name, &target.label)),
                Cell::figure(format!("{:.3}", target.pit), target.pit),
            ]);
        }
        let figure = Figure {
            id: id.clone(),
            title: title.clone(),
            about: "Randomised probability integral transforms, one dot a figure. Of calibrated forecasts the dots are even; heaps at both ends say that \
                    intervals are too narrow, a heap at one end that forecasts lean. Figures of one exchange come in heaps by themselves, since they \
                    depend on each other."
                .to_string(),
            key: KEY,
            command: self.command(),
            place: "targets, pit".to_string(),
            table,
            is_wide: false,
        };
        figure.draw(out, |out| chart.draw(out, &format!("{id}-chart"), &title, &told));
    }
}

/// The targets that count: those of the record itself, not a second source's, that were open at the as-of day.
fn counted(tested: &Tested) -> Vec<&Target> {
    tested.targets.iter().filter(|target| !target.alternative && !target.decided).collect()
}

/// The chart of the transforms, and what it shows in words; none where nothing was scored.
pub(super) fn transforms(tested: &Tested) -> Option<(Bins, String)> {
    let class = |target: &Target| if target.unit == "event" { "c4 hollow" } else { "c1 dot" };
    let dots: Vec<(f64, &'static str)> =
        counted(tested).into_iter().map(|target| (target.pit, class(target))).collect();
    let low = dots.iter().filter(|(at, _)| *at < 0.1).count();
    let high = dots.iter().filter(|(at, _)| *at >= 0.9).count();
    let told = format!(
        "{} in ten bins: {low} in the lowest, {high} in the highest.",
        several(dots.len() as u64, "dot")
    );
    (!dots.is_empty()).then_some((Bins { dots }, told))
}

fn coverage(of: &Backtest) -> Table {
    let mut table = Table::new(
        "Numbers inside the central intervals of their forecasts, of how many; events and figures of a second source do not count",
        &["as of", "50%", "80%", "90%", "95%"],
    );
    let cell = |covered: Option<&Covered>| match covered.filter(|covered| covered.of > 0) {
        Some(c) => Cell::figure(format!("{} of {}", c.hits, c.of), c.hits as f64 / c.of as f64),
        None => Cell::plain("–"),
    };
    for tested in &of.days {
        let mut row = vec![Cell::plain(format!("day {}, {}", tested.as_of.day, tested.as_of.date))];
        row.extend(SHARES.map(|share| cell(tested.coverage.get(share))));
        table.rows.push(row);
    }
    if of.days.len() > 1 {
        let mut row = vec![Cell::plain("all")];
        row.extend(SHARES.map(|share| cell(of.coverage.get(share))));
        table.rows.push(row);
    }
    table
}

pub(super) fn baselines(out: &mut Markup, of: &Backtest) {
    out.words(
        "p",
        &[("class", &"note")],
        "Lower scores are better. Paper schedule: everything on its day and nothing going wrong. Persistence: what comes has the delays and rates of what \
         came. Climatology: those of the other cases named. Days, people and events are added up apart.",
    );
    for tested in &of.days {
        let mut table = Table::new(
            format!("As of day {}: the forecast beside each rule", tested.as_of.day),
            &[
                "rule and unit",
                "figures",
                "forecast better",
                "equal",
                "mean score, forecast",
                "mean score, rule",
            ],
        );
        for (name, beside) in tested.against.iter().filter(|(_, beside)| beside.targets > 0) {
            let whole = |n: u64| Cell::figure(number(n as f64), n as f64);
            table.rows.push(vec![
                Cell::words(name.replace('_', " ").replace('.', ", ")),
                whole(beside.targets),
                whole(beside.better),
                whole(beside.equal),
                Cell::maybe(score, beside.mean_score),
                Cell::maybe(score, beside.mean_baseline),
            ]);
        }
        if !table.rows.is_empty() {
            table.draw(out);
        }
        if let Some(joint) = &tested.joint {
            out.words("p", &[], together(joint));
        }
    }
}

/// The days of all legs together, in a sentence.
fn together(joint: &Joint) -> String {
    let rules = RULES.iter().filter_map(|(name, says)| {
        let value = joint.baselines.get(*name).copied().flatten()?;
        Some(format!("“{says}” {}", score(value)))
    });
    let beside: Vec<String> = rules.collect();
    format!(
        "Days of all {} together, {} score: {}; beside {}.",
        several(joint.legs, "leg"),
        joint.rule,
        score(joint.value),
        if beside.is_empty() { "nothing".to_string() } else { beside.join(", ") }
    )
}

fn score(value: f64) -> String {
    if value.abs() < 100.0 { format!("{value:.3}") } else { number(value) }
}

pub(super) fn targets(out: &mut Markup, of: &Backtest) {
    for tested in &of.days {
        let mut table = Table::new(
            format!(
                "As of day {}: what came, what was forecast, and the scores (crps for numbers, brier for events; lower is better)",
                tested.as_of.day
            ),
            &[
                "figure",
                "observed",
                "forecast",
                "90%",
                "rule",
                "forecast's score",
                "paper",
                "so far",
                "others",
            ],
        );
        table.rows.extend(tested.targets.iter().map(row));
        table.draw(out);
    }
    let floor = of.days.first().map_or(0.0, |tested| tested.log_floor);
    out.words(
        "p",
        &[("class", &"note")],
        format_args!(
            "Logarithmic scores, in the document, stand on a floor of {floor:.6} under both probabilities."
        ),
    );
}

fn row(target: &Target) -> Vec<Cell> {
    let name = words(&target.name, &target.label);
    let name =
        if target.alternative { format!("{name} ({})", alternative(target.unit == "day")) } else { name };
    let name = if target.decided { format!("{name} (decided)") } else { name };
    let is_event = target.unit == "event";
    let observed = target.observed as f64;
    let is_later = |value: f64| target.unit == "day" && target.by_day.is_some_and(|by| value > by as f64);
    let shown = |value: f64| if is_later(value) { "later or never".to_string() } else { number(value) };
    let observed = match (is_event, target.observed) {
        (true, 1) => Cell::figure("yes", observed),
        (true, _) => Cell::figure("no", observed),
        _ => Cell::figure(shown(observed), observed),
    };
    let range = target.interval("90").map(|(low, high)| format!("{} to {}", shown(low), shown(high)));
    let forecast = match target.forecast.p50 {
        Some(median) if !is_event => Cell::figure(shown(median), median),
        _ => Cell::plain(shown_share(&target.forecast.share)),
    };
    let rule = |name: &str| Cell::maybe(score, target.baselines.get(name).copied().flatten());
    vec![
        Cell::words(name),
        observed,
        forecast,
        Cell::plain(range.unwrap_or_else(|| "–".to_string())),
        Cell::plain(target.scored.rule.clone()),
        Cell::figure(score(target.scored.value), target.scored.value),
        rule("paper_schedule"),
        rule("persistence"),
        rule("climatology"),
    ]
}
