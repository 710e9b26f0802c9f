//! What had been under way when the known past ended goes on from its age: names listed ahead, hours of the day, trips.

use handover::dist::{Distribution, Prob};
use handover::forecast::question::Asker;
use handover::forecast::{Ask, Question};
use handover::kernel::stream::Domain;
use handover::model::happening::{Happening, Recorder};
use handover::model::world::World;
use handover::scenario::load::Loaded;

use crate::conditioning::{SMALL, counts, history};
use crate::forecasting::knowing;

const N: u64 = 8_000;

/// The small scenario with a handover, and what else stands in its round.
fn with(handover: &str, more: &str) -> String {
    let plain = "handover = { takes = { lognormal = { median = \"6d\", sigma = 0.5 } } }";
    SMALL.replace(plain, &format!("handover = {{ {handover}, takes = {{ lognormal = {{ median = \"6d\", sigma = 0.5 }} }} }}\n{more}"))
}

fn six_days() -> Distribution {
    Distribution::lognormal_median(6.0, 0.5).unwrap()
}

/// Nobody came by the end of a day, and rows tell of something else.
pub fn nobody_by(scenario: &str, rows: &[&str], day: &str) -> Loaded {
    let rows = [&["start,2025-01-01T00:00"], rows, &["known_to,2025-02-20"]].concat();
    knowing(scenario, &history(&rows), day).0
}

/// The chance that the first captives have come by the end of a day.
fn come_by(known: &Loaded, day: i64) -> f64 {
    counts(&known.plan, &Asker::new(&known.plan).leg(0, 0, 40), N).below(day + 1) as f64 / N as f64
}

fn cube(x: f64) -> f64 {
    x * x * x
}

fn agrees(found: f64, exact: f64, wrong: &[f64]) {
    let se = (exact * (1.0 - exact) / N as f64).sqrt();
    assert!((found - exact).abs() < 4.5 * se, "{found}, and not {exact}");
    for wrong in wrong {
        assert!(
            (found - wrong).abs() > 7.0 * se,
            "{found} is that of the wrong model, {wrong}; right is {exact}"
        );
    }
}

/// The chance that something is over so much later of which `age` has passed.
fn within(law: &Distribution, age: f64, later: f64) -> f64 {
    (law.cdf(age + later) - law.cdf(age)) / law.sf(age)
}

#[test]
fn names_listed_ahead_and_in_time_leave_the_age_what_it_is() {
    let known = nobody_by(&with("", "list = { lead = \"1d\" }").replace("{ ,", "{"), &[], "9");
    agrees(come_by(&known, 12), within(&six_days(), 8.0, 3.0), &[six_days().cdf(3.0)]);
}

#[test]
fn names_may_have_been_late_as_likely_as_nobody_has_come() {
    // Due at the start, late with a chance of 0.3 by 4 days on average. The round was due a day later.
    let late =
        "list = { lead = \"1d\", late = { probability = 0.3, by = { exponential = { mean = \"4d\" } } } }";
    let known = nobody_by(&with("", late).replace("{ ,", "{"), &[], "9");
    let (law, by) = (six_days(), Distribution::exponential(4.0).unwrap());
    let (now, day) = (9.0, 12.0);
    let done = |names: f64, at: f64| law.cdf((at - f64::max(1.0, names)).max(0.0));
    // Over many quantiles of the lateness.
    let grid = |of: &dyn Fn(f64) -> f64| {
        (0..20_000).map(|k| of(by.quantile(Prob::from_lower((f64::from(k) + 0.5) / 20_000.0)))).sum::<f64>()
            / 20_000.0
    };
    let pending = [0.7 * (1.0 - done(0.0, now)), 0.3 * grid(&|late| 1.0 - done(late, now))];
    let come =
        [0.7 * (done(0.0, day) - done(0.0, now)), 0.3 * grid(&|late| done(late, day) - done(late, now))];
    let exact = (come[0] + come[1]) / (pending[0] + pending[1]);
    let in_time = within(&law, 8.0, 3.0);
    let as_drawn =
        0.7 * in_time + 0.3 * grid(&|late| (done(late, day) - done(late, now)) / (1.0 - done(late, now)));
    let anew = 0.7 * law.cdf(3.0) + 0.3 * grid(&|late| law.cdf((3.0 - late).max(0.0)));
    agrees(come_by(&known, day as i64), exact, &[in_time, as_drawn, anew]);
}

#[test]
fn names_on_record_came_when_they_did() {
    let late =
        "list = { lead = \"1d\", late = { probability = 0.3, by = { exponential = { mean = \"4d\" } } } }";
    let known = nobody_by(&with("", late).replace("{ ,", "{"), &["list,2025-01-06T12:00,,,,1"], "9");
    let exact = within(&six_days(), 3.5, 3.0);
    agrees(come_by(&known, 12), exact, &[within(&six_days(), 8.0, 3.0), six_days().cdf(3.0)]);
}

#[test]
fn names_refused_delay_the_leg() {
    let refused = "list = { lead = \"1d\", refused = 1, substitution = \"5d\" }";
    let known = nobody_by(&with("", refused).replace("{ ,", "{"), &[], "9");
    // There at the start and five days later complete; four days before the end of day 9.
    agrees(come_by(&known, 12), within(&six_days(), 4.0, 3.0), &[within(&six_days(), 8.0, 3.0)]);
}

#[test]
fn a_step_with_an_hour_of_its_own_began_at_it() {
    let known = nobody_by(&with("hour = \"18h\"", ""), &[], "9");
    let exact = within(&six_days(), 7.25, 3.0);
    agrees(come_by(&known, 12), exact, &[six_days().cdf(2.25), within(&six_days(), 7.25, 2.25)]);
    let known = nobody_by(&with("window = \"20:00-21:00\"", ""), &[], "4");
    let age = 3.0 - 20.0 / 24.0;
    agrees(come_by(&known, 7), within(&six_days(), age, 3.0), &[six_days().cdf(3.0 - 20.0 / 24.0)]);
}

#[test]
fn an_hour_is_as_likely_as_that_nobody_has_come() {
    // A hour of day 2, any as likely as another, and a handover of some four hours that is not over at midnight.
    let scenario = with("hour = { uniform = { min = \"0h\", max = \"24h\" } }", "")
        .replace("median = \"6d\", sigma = 0.5", "median = \"4h\", sigma = 0.8");
    let known = nobody_by(&scenario, &[], "2");
    let law = Distribution::lognormal_median(4.0, 0.8).unwrap();
    let ages: Vec<f64> = (0..2_400).map(|k| (f64::from(k) + 0.5) / 100.0).collect();
    let pending: f64 = ages.iter().map(|age| law.sf(*age)).sum();
    let by = |later: f64| ages.iter().map(|age| law.cdf(age + later) - law.cdf(*age)).sum::<f64>() / pending;
    let even = |later: f64| ages.iter().map(|age| within(&law, *age, later)).sum::<f64>() / 2_400.0;
    let question = Question {
        name: "by six".into(),
        ask: Ask::Released { side: 0, by: (2 * 24 + 6) * 3_600 },
        by_day: 3,
    };
    let found = 1.0 - counts(&known.plan, &question, N).at(0) as f64 / N as f64;
    agrees(found, by(6.0), &[even(6.0)]);
}

#[test]
fn trips_under_way_go_on_from_their_age() {
    // Three vehicles for three people: none of them has arrived.
    let known = nobody_by(&with("vehicles = 3, capacity = 1", ""), &[], "9");
    let one = within(&six_days(), 8.0, 5.0);
    agrees(come_by(&known, 14), cube(one), &[cube(six_days().cdf(5.0))]);
}

#[test]
fn the_next_trip_began_after_the_last_one() {
    // One vehicle, which turns round within a day; the first came on day 4 at noon.
    let known = nobody_by(
        &with("vehicles = 1, capacity = 1, turnaround = \"1d\"", ""),
        &["release,2025-01-04T12:00,,,,1,captives,,,captives,,1,,no"],
        "9",
    );
    let question =
        Question { name: "two".into(), ask: Ask::Released { side: 0, by: 12 * 86_400 }, by_day: 12 };
    let found = 1.0 - counts(&known.plan, &question, N).below(2) as f64 / N as f64;
    agrees(found, within(&six_days(), 4.5, 3.0), &[six_days().cdf(3.0), within(&six_days(), 8.0, 3.0)]);
}

#[test]
fn legs_at_the_same_time_began_together() {
    let scenario = with("", "legs = \"simultaneous\"")
        .replace("{ ,", "{")
        .replace("median = \"5h\", sigma = 0.3", "median = \"8d\", sigma = 0.4");
    let known = nobody_by(&scenario, &[], "9");
    let law = Distribution::lognormal_median(8.0, 0.4).unwrap();
    let found = counts(&known.plan, &Asker::new(&known.plan).leg(0, 1, 40), N).below(13) as f64 / N as f64;
    agrees(found, within(&law, 8.0, 3.0), &[law.cdf(3.0)]);
}

// ---- mediation by several attempts ----

/// Three attempts of about a day each; with a chance of 0.3 one settles.
const MEDIATED: &str =
    "[mediation]\ntakes = { lognormal = { median = \"20h\", sigma = 0.6 } }\nsettles = 0.3\nattempts = 3\n";

/// A reproducible uniform.
pub fn uniforms() -> impl FnMut() -> f64 {
    let mut state = 88_172_645_463_325_252_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

/// When a file is settled, and when it is given up, in hours after its opening.
fn file(uniform: &mut impl FnMut() -> f64, law: &Distribution) -> (f64, f64) {
    let mut at = 0.0;
    for _ in 0..3 {
        at += law.quantile(Prob::from_lower(uniform()));
        if uniform() < 0.3 {
            return (at, f64::INFINITY);
        }
    }
    (f64::INFINITY, at)
}

/// When the hold of a replication ended, in hours after a moment.
fn hold_ended(known: &Loaded, n: u64, since: i64) -> Vec<f64> {
    let end = |replication: u64| {
        let mut world = World::new(&known.plan, 1, Domain::Main, Recorder::default());
        world.run(replication);
        let ends =
            |(at, what): &&(i64, Happening)| *at >= since && matches!(what, Happening::HoldEnded { .. });
        let ended = world.observer().seen.iter().find(ends);
        ended.map_or(f64::INFINITY, |(at, _)| (at - since) as f64 / 3_600.0)
    };
    (0..n).map(end).collect()
}

#[test]
fn an_open_dispute_may_have_seen_attempts_fail() {
    // It was opened 40 hours before the end of day 9, and is neither settled nor given up.
    let scenario = format!("{SMALL}{MEDIATED}open_file_keeps_hold = false\n");
    let rows = ["dispute,2025-01-08T08:00,,,,,,holders,,,captives"];
    let known = nobody_by(&scenario, &rows, "9");
    let law = Distribution::lognormal_median(20.0, 0.6).unwrap();
    let mut uniform = uniforms();
    let (mut open, mut over, mut first, mut first_over) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..400_000 {
        let (settled, given_up) = file(&mut uniform, &law);
        let end = f64::min(settled, given_up);
        if end > 40.0 {
            open += 1.0;
            over += f64::from(u8::from(end <= 52.0));
        }
        let end = law.quantile_after(40.0, Prob::from_lower(uniform()));
        first += 1.0;
        first_over += f64::from(u8::from(end <= 52.0)) * 0.3;
    }
    let ends = hold_ended(&known, N, 9 * 86_400);
    let found = ends.iter().filter(|hours| **hours <= 12.0).count() as f64 / N as f64;
    // The wrong model: the first attempt is still under way, and what it does not settle is tried again.
    agrees(found, over / open, &[first_over / first]);
}

#[test]
fn a_file_that_can_stay_open_may_have_been_given_up() {
    // Nothing is held, so one that was given up looks like one that is still tried: in a hundred days all attempts are over.
    let scenario = format!("{SMALL}{MEDIATED}")
        .replace("term = \"40d\"", "term = \"140d\"")
        .replace("horizon = \"60d\"", "horizon = \"150d\"");
    let rows = ["start,2025-01-01T00:00", "dispute,2025-01-02T08:00,,,,,,holders", "known_to,2025-05-20"];
    let (known, _) = knowing(&scenario, &history(&rows), "100");
    for replication in 0..200 {
        let mut world = World::new(&known.plan, 1, Domain::Main, Recorder::default());
        world.run(replication);
        let seen = &world.observer().seen;
        assert!(seen.iter().any(|(at, what)| *at == 100 * 86_400 && matches!(what, Happening::FileOpen)));
        assert!(!seen.iter().any(|(_, what)| matches!(what, Happening::AttemptEnded { .. })));
    }
}

#[test]
fn how_long_a_dispute_lasted_is_weighed_by_all_its_attempts() {
    // Opened at some time of five days, over at the end of them: by one attempt, by two or by three.
    let scenario = format!("{SMALL}{MEDIATED}");
    let rows = ["dispute,,2025-01-02T00:00,2025-01-07T00:00,2025-01-07T00:00,,,holders,,,captives"];
    let known = nobody_by(&scenario, &rows, "9");
    let law = Distribution::lognormal_median(20.0, 0.6).unwrap();
    let mut uniform = uniforms();
    let lasted: Vec<f64> =
        (0..400_000).map(|_| file(&mut uniform, &law).0).filter(|hours| *hours < 120.0).collect();
    let exact = lasted.iter().sum::<f64>() / lasted.len() as f64;
    let singles: Vec<f64> =
        (0..100_000).map(|_| law.quantile(Prob::from_lower(uniform()))).filter(|h| *h < 120.0).collect();
    let one = singles.iter().sum::<f64>() / singles.len() as f64;
    let mut all = 0.0;
    let n = 3_000;
    for replication in 0..n {
        let mut world = World::new(&known.plan, 1, Domain::Main, Recorder::default());
        world.run(replication);
        let at = |is_it: &dyn Fn(&Happening) -> bool| {
            world.observer().seen.iter().find(|(_, what)| is_it(what)).map(|(at, _)| *at).unwrap()
        };
        let begun = at(&|what| matches!(what, Happening::HoldBegan { .. }));
        all += (at(&|what| matches!(what, Happening::HoldEnded { .. })) - begun) as f64 / 3_600.0;
    }
    let mean = all / n as f64;
    // One of sixteen lies a little nearer to the even draw, 60 hours, than the exact law.
    assert!((mean - exact).abs() < 2.5, "{mean} hours, and not {exact}");
    assert!((mean - one).abs() > 6.0, "{mean} hours is that of one attempt, {one}");
}

#[test]
fn a_file_waited_while_the_mediator_was_at_another() {
    // The first was settled on the 8th; the second, opened on the 5th, is tried since then: for two days and not for five.
    let scenario =
        format!("{SMALL}{MEDIATED}").replace("settles = 0.3\nattempts = 3", "settles = 1\nattempts = 1");
    let rows = [
        "dispute,2025-01-04T00:00,,,2025-01-08T00:00,,,holders",
        "dispute,2025-01-05T00:00,,,,,,authority,,,prisoners",
    ];
    let law = Distribution::lognormal_median(20.0, 0.6).unwrap();
    let settled = |scenario: &str, rows: &[&str]| {
        let ends = hold_ended(&nobody_by(scenario, rows, "9"), N, 9 * 86_400);
        ends.iter().filter(|hours| **hours <= 12.0).count() as f64 / N as f64
    };
    agrees(settled(&scenario, &rows), within(&law, 48.0, 12.0), &[within(&law, 120.0, 12.0), law.cdf(12.0)]);
    // Both still open, and a second mediator, half as quick: he is at the second one.
    let two = format!("{scenario}mediator = {{ a = {{}}, b = {{ speed = 0.5 }} }}\n");
    let open = ["dispute,2025-01-04T00:00,,,,,,holders", rows[1]];
    agrees(settled(&two, &open), within(&law, 60.0, 6.0), &[within(&law, 120.0, 12.0), 0.0]);
    // With one mediator the second waits until the first is settled.
    let first = |later: f64| within(&law, 144.0, later);
    let hours: Vec<f64> = (0..1_200).map(|k| (f64::from(k) + 0.5) / 100.0).collect();
    let then: f64 = hours.iter().map(|at| (first(at + 0.005) - first(at - 0.005)) * law.cdf(12.0 - at)).sum();
    agrees(settled(&scenario, &open), then, &[within(&law, 120.0, 12.0)]);
}

#[test]
fn a_file_given_up_frees_the_mediator() {
    // One attempt a file, which settles half of them; two files open since the 2nd and the 3rd, and one that was settled on the 6th.
    let scenario =
        format!("{SMALL}[mediation]\ntakes = {{ exponential = {{ mean = \"2d\" }} }}\nsettles = 0.5\n");
    let law = Distribution::exponential(48.0).unwrap();
    // Hours after the start at which each of two files ends, and whether it is settled then.
    let queue = |uniform: &mut dyn FnMut() -> f64| {
        let mut file = |from: f64| (from + law.quantile(Prob::from_lower(uniform())), uniform() < 0.5);
        let first = file(24.0);
        (first, file(f64::max(48.0, first.0)))
    };
    let later = |over: f64, by: f64, row: &str| {
        let mut uniform = uniforms();
        let (mut possible, mut settled) = (0.0, 0.0);
        for _ in 0..2_000_000 {
            let (first, second) = queue(&mut uniform);
            let is_it = if over > 0.0 {
                (first.0 > 192.0 || !first.1) && second.1 && (second.0 - over).abs() < 2.0
            } else {
                (first.0 > 192.0 || !first.1) && (second.0 > 192.0 || !second.1)
            };
            if is_it {
                possible += 1.0;
                let of = if over > 0.0 { first } else { second };
                settled += f64::from(u8::from(of.1 && of.0 > 192.0 && of.0 <= by));
            }
        }
        let first = if over > 0.0 { "captives" } else { "" };
        let rows = [&format!("dispute,2025-01-02T00:00,,,,,,holders,,,{first}"), row];
        let ends = hold_ended(&nobody_by(&scenario, &rows, "8"), N, 8 * 86_400);
        let found = ends.iter().filter(|hours| **hours <= by - 192.0).count() as f64 / N as f64;
        (found, settled / possible)
    };
    let (found, exact) = later(0.0, 312.0, "dispute,2025-01-03T00:00,,,,,,authority,,,prisoners");
    // Were the first not given up, the second would wait for it: 0.4 of all are settled five days later where 0.1 is right.
    assert!((found - exact).abs() < 0.025, "{found}, and not {exact}");
    // The second can only have been settled because the first was given up: what it holds stays held.
    let (found, exact) =
        later(120.0, 1_000.0, "dispute,2025-01-03T00:00,,,2025-01-06T00:00,,,authority,,,prisoners");
    assert!(exact < 1e-9 && found < 1e-9, "{found}, and not {exact}");
}
