//! Laws and parameters as read from a scenario: exactly one tag, parameters that fit together, each fault in its place.

use std::marker::PhantomData;

use serde_json::Value;

use super::diagnostic::Diagnostic;
use super::law::{Bound, Ends, Form, Law, Param, ParamValue, Support};
use super::read::{Keys, Read, Reader, all, written};
use super::reading::{listing, nearest};
use super::source::{At, Span};
use super::tree::{Entry, Kind, Node};
use super::units::{Discrete, Known, NonNegative, Number, Unit};

impl<U: Unit> Read for Param<U> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let value = match &node.kind {
            Kind::Table(_) if r.in_drawn => return r.refuse(nested_draw(node.span)),
            Kind::Table(_) => ParamValue::Drawn(Box::new(r.drawn(|r| Law::read(node, r))?)),
            _ => ParamValue::Known(r.quantity(U::parse(node), node.span)?),
        };
        Some(Param { span: node.span, path: r.path().to_string(), value, unit: PhantomData })
    }

    fn placed(self, path: &str) -> Self {
        Param { path: path.to_string(), ..self }
    }

    fn to_json(&self) -> Option<Value> {
        self.known().map(written::<U>)
    }
}

fn nested_draw(span: Span) -> Diagnostic {
    Diagnostic::new("S048", span, "a drawn parameter's own law must have plain numbers")
        .label("this would be drawn for a number that is itself drawn")
        .help("give a number here")
}

impl<U: Unit> Read for Law<U> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let form = match &node.kind {
            Kind::Table(_) => tagged(node, r)?,
            _ => Form::Constant(Param::read(node, r)?),
        };
        let law = Law { span: node.span, path: r.path().to_string(), form };
        legal(&law, r).then_some(law)
    }

    fn placed(self, path: &str) -> Self {
        let form = match self.form {
            Form::Constant(value) => Form::Constant(value.placed(path)),
            form => form,
        };
        Law { path: path.to_string(), form, ..self }
    }

    fn to_json(&self) -> Option<Value> {
        match &self.form {
            Form::Constant(value) => value.to_json(),
            _ => None,
        }
    }
}

/// The laws' names, each with whether it gives whole numbers only; `None` for those that give what they are made of.
const TAGS: [(&str, Option<bool>); 17] = [
    ("uniform", Some(false)),
    ("triangular", Some(false)),
    ("pert", Some(false)),
    ("exponential", Some(false)),
    ("erlang", Some(false)),
    ("gamma", Some(false)),
    ("lognormal", Some(false)),
    ("normal", Some(false)),
    ("weibull", Some(false)),
    ("beta", Some(false)),
    ("table", None),
    ("mixture", None),
    ("gated", None),
    ("bernoulli", Some(true)),
    ("geometric", Some(true)),
    ("binomial", Some(true)),
    ("poisson", Some(true)),
];

/// The names of the laws that may give a `U`.
pub(super) fn tags<U: Unit>() -> impl Iterator<Item = &'static str> {
    let fits = |discrete: &Option<bool>| match U::DISCRETE {
        Discrete::Allowed => true,
        Discrete::Never => *discrete != Some(true),
        Discrete::Only => *discrete != Some(false),
    };
    TAGS.iter().filter(move |(_, discrete)| fits(discrete)).map(|(tag, _)| *tag)
}

fn tagged<U: Unit>(node: &Node, r: &mut Reader<'_>) -> Option<Form<U>> {
    let (tag, entry) = only_entry::<U>(node, r)?;
    if tags::<U>().any(|known| known == tag) {
        return r.within(tag, |r| form(tag, &entry.node, r));
    }
    let known = TAGS.iter().any(|(known, _)| *known == tag);
    let choices = listing("the laws here are", tags::<U>());
    if known {
        let fault = Diagnostic::new("S049", entry.key_span, format!("`{tag}` cannot give {}", U::NAME));
        return r.refuse(fault.help(choices));
    }
    let fault = Diagnostic::new("S041", entry.key_span, format!("`{tag}` is not a law"));
    r.refuse(match nearest(tag, tags::<U>()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help(choices),
    })
}

fn only_entry<'n, U: Unit>(node: &'n Node, r: &mut Reader<'_>) -> Option<(&'n str, &'n Entry)> {
    let Kind::Table(table) = &node.kind else { return r.wrong_kind(node, "a law") };
    for (tag, removed) in &table.removed {
        if !removed.was_there && !TAGS.iter().any(|(known, _)| known == tag) {
            let fault = Diagnostic::new("S041", removed.span, format!("`{tag}` is not a law"));
            r.fault(
                fault.label("there is nothing of this name to remove").suggest(nearest(tag, tags::<U>())),
            );
        }
    }
    if let (1, Some((tag, entry))) = (table.len(), table.iter().next()) {
        return Some((tag, entry));
    }
    let found = match table.len() {
        0 => "this names none".to_string(),
        _ => listing("this has", table.keys().map(String::as_str)),
    };
    let fault =
        Diagnostic::new("S040", node.span, "a law is a table with exactly one name in it").label(found);
    let example = format!("write {{ exponential = {{ mean = {} }} }}, say", U::EXAMPLE);
    r.refuse(if U::DISCRETE == Discrete::Only { fault } else { fault.help(example) })
}

/// Reads the parameters of the law `tag`.
fn form<U: Unit>(tag: &str, node: &Node, r: &mut Reader<'_>) -> Option<Form<U>> {
    match tag {
        "table" => return table_law(node, r),
        "mixture" => return mixture(node, r),
        _ => {}
    }
    let mut keys = Keys::of(node, r)?;
    let form = match tag {
        "uniform" | "triangular" | "pert" => between(tag, &mut keys, r),
        "exponential" => keys.field("mean", r).map(|mean| Form::Exponential { mean }),
        "erlang" => erlang(&mut keys, r),
        "gamma" => gamma(&mut keys, r),
        "lognormal" => lognormal(&mut keys, r),
        "normal" => normal(&mut keys, r),
        "weibull" => weibull(&mut keys, r),
        "beta" => beta(&mut keys, node, r),
        "gated" => gated(&mut keys, r),
        "bernoulli" => keys.field("probability", r).map(|probability| Form::Bernoulli { probability }),
        "geometric" => keys.field("mean", r).map(|mean| Form::Geometric { mean }),
        "binomial" => binomial(&mut keys, r),
        _ => keys.field("mean", r).map(|mean| Form::Poisson { mean }),
    };
    keys.finish(r);
    form
}

fn between<U: Unit>(tag: &str, keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let min: Option<Param<U>> = keys.field("min", r);
    let mode: Option<Param<U>> = if tag == "uniform" { None } else { keys.field("mode", r) };
    let max: Option<Param<U>> = keys.field("max", r);
    if tag == "uniform" {
        let (min, max) = (min?, max?);
        return ordered(&min, "min", &max, "max", r).then_some(Form::Uniform { min, max });
    }
    let (min, mode, max) = (min?, mode?, max?);
    let fine = ordered(&min, "min", &mode, "mode", r) & ordered(&mode, "mode", &max, "max", r);
    let form =
        if tag == "pert" { Form::Pert { min, mode, max } } else { Form::Triangular { min, mode, max } };
    fine.then_some(form)
}

fn erlang<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let shape: Option<Param<Number>> = keys.field("shape", r).filter(|shape| whole_shape(shape, r));
    let mean = keys.field("mean", r);
    Some(Form::Erlang { shape: shape?, mean: mean? })
}

fn gamma<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let shape = keys.field("shape", r).filter(|shape| positive("shape", shape, r));
    match keys.either("scale", "mean", r)? {
        "scale" => keys.field("scale", r).and_then(|scale| Some(Form::Gamma { shape: shape?, scale })),
        _ => keys.field("mean", r).and_then(|mean| Some(Form::GammaMean { shape: shape?, mean })),
    }
}

fn lognormal<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let Some(given) = keys.either("median", "mean", r) else {
        keys.leave(&["sigma", "sd"]);
        return None;
    };
    if given == "median" {
        let median = keys.field("median", r).filter(|median| positive("median", median, r));
        let sigma = keys.field("sigma", r).filter(|sigma| not_negative("sigma", sigma, r));
        return Some(Form::LogNormalMedian { median: median?, sigma: sigma? });
    }
    let mean = keys.field("mean", r).filter(|mean| positive("mean", mean, r));
    let sd = keys.field("sd", r).filter(|sd| not_negative("sd", sd, r));
    Some(Form::LogNormalMean { mean: mean?, sd: sd? })
}

fn normal<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let mean: Option<Param<U>> = keys.field("mean", r);
    let sd: Option<Param<U>> = keys.field("sd", r).filter(|sd| not_negative("sd", sd, r));
    let clip: Option<Option<Ends<U>>> = keys.field("clip", r);
    let truncate: Option<Option<Ends<U>>> = keys.field("truncate", r);
    let bound = match (clip?, truncate?) {
        (None, None) => Bound::None,
        (Some(ends), None) => Bound::Clip(ends),
        (None, Some(ends)) => Bound::Truncate(ends),
        (Some(_), Some(ends)) => return r.refuse(two_bounds(&ends)),
    };
    let (mean, sd) = (mean?, sd?);
    window_is_likely(&mean, &sd, &bound, r).then_some(Form::Normal { mean, sd, bound })
}

fn two_bounds<U>(ends: &Ends<U>) -> Diagnostic {
    let span = ends.min.as_ref().or(ends.max.as_ref()).map_or(Span::IMPLIED, |end| end.span);
    Diagnostic::new("S040", span, "a normal law is clipped or truncated, not both")
        .help("`clip` moves values beyond a bound to the bound; `truncate` never draws them")
}

fn weibull<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let shape = keys.field("shape", r).filter(|shape| positive("shape", shape, r));
    let scale = keys.field("scale", r);
    Some(Form::Weibull { shape: shape?, scale: scale? })
}

fn beta<U: Unit>(keys: &mut Keys<'_>, node: &Node, r: &mut Reader<'_>) -> Option<Form<U>> {
    let a = keys.field("a", r).filter(|a| positive("a", a, r));
    let b = keys.field("b", r).filter(|b| positive("b", b, r));
    let min: Option<Param<U>> = keys.field("min", r)?;
    let max: Option<Param<U>> = keys.field("max", r)?;
    // "Between 0 and 1" says nothing where quantities carry units.
    if U::HAS_UNIT && (min.is_none() || max.is_none()) {
        let fault =
            Diagnostic::new("S011", node.span, format!("a beta law of {} needs `min` and `max`", U::NAME));
        return r.refuse(fault.help("without them it lies between 0 and 1, which has no unit"));
    }
    let unit = (Param::implied(0.0), Param::implied(1.0));
    let (low, high) = (min.as_ref().unwrap_or(&unit.0), max.as_ref().unwrap_or(&unit.1));
    let fine = ordered(low, "min", high, "max", r);
    Some(Form::Beta { a: a?, b: b?, min, max }).filter(|_| fine)
}

fn gated<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let probability = keys.field("probability", r);
    let then = keys.field("then", r);
    Some(Form::Gated { probability: probability?, then: Box::new(then?) })
}

fn binomial<U: Unit>(keys: &mut Keys<'_>, r: &mut Reader<'_>) -> Option<Form<U>> {
    let n: Option<At<u64>> = keys.field("n", r);
    let probability = keys.field("probability", r);
    let n = n?;
    if n.value > MOST_TRIALS {
        let fault = Diagnostic::new("S032", n.span, format!("{} trials are too many", n.value));
        return r.refuse(fault.help(format!("the limit is {MOST_TRIALS}")));
    }
    Some(Form::Binomial { n, probability: probability? })
}

/// The most trials of a binomial law.
const MOST_TRIALS: u64 = 1_000_000_000;

fn table_law<U: Unit>(node: &Node, r: &mut Reader<'_>) -> Option<Form<U>> {
    let mut keys = Keys::of(node, r)?;
    let values: Option<At<Vec<Param<U>>>> = keys.field("values", r);
    let weights: Option<Option<At<Vec<Known<NonNegative>>>>> = keys.field("weights", r);
    keys.finish(r);
    let (values, weights) = (values?, weights?);
    if values.is_empty() {
        return r.refuse(Diagnostic::new("S046", values.span, "a table law needs at least one value"));
    }
    let Some(weights) = weights else {
        return Some(Form::Table { points: values.value.into_iter().map(|value| (value, 1.0)).collect() });
    };
    if weights.len() != values.len() {
        let (many, few) = (weights.len(), values.len());
        let fault =
            Diagnostic::new("S046", weights.span, format!("there are {many} weights for {few} values"));
        return r.refuse(fault.also(values.span, "the values"));
    }
    some_weight(weights.iter().map(|weight| Some(weight.value)), weights.span, r).then(|| {
        let weights = weights.value.into_iter().map(|weight| weight.value);
        Form::Table { points: values.value.into_iter().zip(weights).collect() }
    })
}

fn mixture<U: Unit>(node: &Node, r: &mut Reader<'_>) -> Option<Form<U>> {
    let Kind::Array(items) = &node.kind else {
        return r.wrong_kind(node, "an array of { weight = …, law = … }");
    };
    if items.is_empty() {
        return r.refuse(Diagnostic::new("S046", node.span, "a mixture needs at least one law"));
    }
    let part = |(at, item): (usize, &Node)| r.within(&at.to_string(), |r| mixture_part(item, r));
    let parts = all(items.iter().enumerate().map(part))?;
    let weights = parts.iter().map(|(weight, _): &(Param<NonNegative>, Law<U>)| weight.known());
    some_weight(weights, node.span, r).then_some(Form::Mixture { parts })
}

fn mixture_part<U: Unit>(node: &Node, r: &mut Reader<'_>) -> Option<(Param<NonNegative>, Law<U>)> {
    let mut keys = Keys::of(node, r)?;
    let weight = keys.field("weight", r);
    let law = keys.field("law", r);
    keys.finish(r);
    Some((weight?, law?))
}

/// Weights must not all be zero, nor so large that their sum is lost. A drawn one (`None`) may be anything.
fn some_weight(weights: impl Iterator<Item = Option<f64>>, span: Span, r: &mut Reader<'_>) -> bool {
    let Some(sum) = weights.sum::<Option<f64>>() else { return true };
    let fine = sum > 0.0 && sum.is_finite();
    if !fine {
        let message =
            if sum == 0.0 { "the weights are all zero" } else { "the sum of the weights overflows" };
        r.fault(Diagnostic::new("S045", span, message).label("nothing can be chosen by these"));
    }
    fine
}

impl<U: Unit> Read for Ends<U> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let mut keys = Keys::of(node, r)?;
        let min: Option<Option<Param<U>>> = keys.field("min", r);
        let max: Option<Option<Param<U>>> = keys.field("max", r);
        keys.finish(r);
        let (min, max) = (min?, max?);
        let fine = match (&min, &max) {
            (None, None) => {
                return Param::missing("min", node, r).map(|min| Ends { min: Some(min), max: None });
            }
            (Some(min), Some(max)) => ordered(min, "min", max, "max", r),
            _ => true,
        };
        fine.then_some(Ends { min, max })
    }
}

/// `low` must not be above `high`, nor possibly so where they are drawn.
fn ordered<U: Unit>(
    low: &Param<U>,
    low_name: &str,
    high: &Param<U>,
    high_name: &str,
    r: &mut Reader<'_>,
) -> bool {
    let fine = low.support().high <= high.support().low;
    if !fine {
        let drawn = low.known().is_none() || high.known().is_none();
        let verb = if drawn { "may be drawn" } else { "is" };
        let fault = Diagnostic::new("S042", low.span, format!("`{low_name}` {verb} above `{high_name}`"));
        r.fault(fault.label(format!("`{low_name}`")).also(high.span, format!("`{high_name}`")));
    }
    fine
}

fn positive<U: Unit>(name: &str, value: &Param<U>, r: &mut Reader<'_>) -> bool {
    let fine = value.support().positive();
    if !fine {
        let fault = Diagnostic::new("S043", value.span, format!("`{name}` must be above zero"));
        r.fault(fault.label(extent(value.support(), U::show)));
    }
    fine
}

fn not_negative<U: Unit>(name: &str, value: &Param<U>, r: &mut Reader<'_>) -> bool {
    let fine = value.support().low >= 0.0;
    if !fine {
        let fault = Diagnostic::new("S044", value.span, format!("`{name}` must not be negative"));
        r.fault(fault.label(extent(value.support(), U::show)));
    }
    fine
}

fn whole_shape(shape: &Param<Number>, r: &mut Reader<'_>) -> bool {
    let fine = shape.known().is_some_and(|k| k.fract() == 0.0 && (1.0..=1000.0).contains(&k));
    if !fine {
        let fault = Diagnostic::new(
            "S043",
            shape.span,
            "`shape` of an erlang law must be a whole number from 1 to 1000",
        );
        r.fault(fault.help("for any other shape use `gamma = { shape = …, mean = … }`"));
    }
    fine
}

/// How far from its mean, in standard deviations, a truncated normal may have its window: beyond, next to nothing is left.
const FARTHEST: f64 = 8.0;

fn window_is_likely<U>(mean: &Param<U>, sd: &Param<U>, bound: &Bound<U>, r: &mut Reader<'_>) -> bool {
    let Bound::Truncate(ends) = bound else { return true };
    let (Some(mean), Some(sd)) = (mean.known(), sd.known()) else { return true };
    let above = |end: &&Param<U>| end.known().is_some_and(|min| min > mean + FARTHEST * sd);
    let below = |end: &&Param<U>| end.known().is_some_and(|max| max < mean - FARTHEST * sd);
    let Some(end) = ends.min.as_ref().filter(above).or(ends.max.as_ref().filter(below)) else { return true };
    let fault = Diagnostic::new("S050", end.span, "this truncation leaves next to nothing of the law");
    r.fault(
        fault
            .label(format!("more than {FARTHEST} standard deviations from the mean"))
            .help("use `clip`, or mend the mean"),
    );
    false
}

/// A law must not reach beyond what its quantity can be.
fn legal<U: Unit>(law: &Law<U>, r: &mut Reader<'_>) -> bool {
    let support = law.support();
    let fine = support.low >= U::LEGAL.0 && support.high <= U::LEGAL.1;
    if !fine {
        let fault = Diagnostic::new("S047", law.span, format!("this law can give what is not {}", U::NAME));
        let fault = fault.label(extent(support, U::show));
        r.fault(fault.help(format!(
            "{} is {}; bound a normal by `clip` or `truncate`",
            U::NAME,
            U::LEGAL_TEXT
        )));
    }
    fine
}

fn extent(support: Support, show: impl Fn(f64) -> String) -> String {
    let plain = |text: String| text.parse().map_or(text, super::units::brief);
    let end = |value: f64| if value.is_finite() { plain(show(value)) } else { format!("{value}") };
    match support.low == support.high {
        true => format!("this is {}", end(support.low)),
        false => format!("this reaches from {} to {}", end(support.low), end(support.high)),
    }
}
