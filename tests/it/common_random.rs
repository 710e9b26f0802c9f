//! Adding an entity, or changing one, moves no other entity's draws.

use crate::support::{Batch, batch, batch_of, loaded, shipped};

const N: u64 = 400;

/// Outcomes both batches have must be equal, replication by replication: their tallies are.
fn same_but_for(first: &Batch, second: &Batch, but: &[&str]) {
    for spec in &first.loaded.plan.outcomes {
        let in_both = second.loaded.plan.outcomes.iter().any(|o| o.name == spec.name);
        if in_both && !but.contains(&spec.name.as_str()) {
            let (a, b) = (first.tally(&spec.name), second.tally(&spec.name));
            let figures = |t: &handover::stats::Tally| (t.count(), t.sum(), t.min(), t.max());
            assert_eq!(figures(a), figures(b), "{}", spec.name);
        }
    }
}

#[test]
fn an_unused_cohort_party_and_process_move_nothing() {
    let text = shipped("reference-r0.toml");
    let more = text
        .replace("[party]\n", "[party]\na_guarantor = { side = \"neither\" }\n")
        .replace("[cohort]\n", "[cohort]\na_unused = { held_by = \"holders\", people = 2 }\n")
        + "\n[violation.a_guarantor]\nrate = \"0/day\"\n[event.a_visit]\nday = 10\neffect = { }\n[outside.a_few]\nheld_by = \"holders\"\npeople = 5\nday = 12\n";
    let held = ["captives_still_held", "captives_custody_person_s", "events"];
    same_but_for(&batch(&text, &[], N), &batch(&more, &[], N), &held);
}

#[test]
fn an_added_tranche_leaves_the_rounds_before_it() {
    let text = shipped("analytic-truce.toml");
    let more = text
        .replace("people = 8 }\n", "people = 9 }\n")
        .replace("8 = { day", "9 = { day = 1, release = { people = 1 } }\n8 = { day");
    let (first, second) = (batch(&text, &[], N), batch(&more, &[], N));
    for round in 1..=8 {
        let name = format!("tranche.{round}.captives_delay_s");
        // The ninth round keeps more replications going after the eighth, but cannot undo it.
        assert_eq!(first.tally(&name).sum(), second.tally(&name).sum(), "{name}");
    }
}

#[test]
fn a_mechanism_off_by_a_zero_draws_as_if_it_were_not_there() {
    let text = shipped("reference-r0.toml");
    let more = text.clone()
        + "\n[fault]\nprobability = 0\n[fault.class]\nconduct = { share = 1, against = \"holders\" }\n[trust]\nbase = 0.5\nup = 0\ndown = 0\n[ending]\ncollapse = \"0/day\"\n";
    same_but_for(&batch(&text, &[], N), &batch(&more, &[], N), &[]);
}

#[test]
fn variants_share_the_draws_of_what_they_do_not_change() {
    let text = shipped("gaza-2025-phase-one.toml");
    let base = batch_of(loaded(&text, None, &[]), N);
    let other = batch_of(loaded(&text, None, &["mediation.settles=0.95"]), N);
    // The first round's lists, steps and fault come before any file is settled or not.
    let name = "tranche.1.captives_delay_s";
    let early = (base.tally(name).min(), base.tally(name).quantile(50));
    assert_eq!(early, (other.tally(name).min(), other.tally(name).quantile(50)));
    assert_eq!(base.tally("start_s").sum(), other.tally("start_s").sum());
}
