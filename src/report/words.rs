//! The scenario's own words for the people of both sides, in the names of what is asked.

use super::quantity::plural;
use crate::forecast::question::SIDES;
use crate::model::plan::{CAPTIVES, PRISONERS, Plan, Side};

/// The people of a side in words. Where both sides' people are called the same, those who hold them tell them apart.
pub fn people(plan: &Plan, side: Side) -> String {
    let label = &plan.labels[side];
    if plan.labels[0] != plan.labels[1] {
        return plural(label);
    }
    let of_side = plan.parties.iter().filter(|party| party.side == Some(side));
    let holders: Vec<&str> = of_side.map(|party| party.label.as_str()).collect();
    format!("{} of {}", plural(label), holders.join(" and "))
}

/// The people of both sides.
pub fn sides(plan: &Plan) -> [String; 2] {
    [people(plan, CAPTIVES), people(plan, PRISONERS)]
}

/// The name of a question or a series with these words for the people it is about. What a scenario itself has named (a flow, a process, a
/// milestone) stays as it is called.
pub fn labelled(name: &str, sides: &[String; 2]) -> String {
    if ["flow.", "violations.", "milestone."].iter().any(|own| name.starts_with(own)) {
        return name.to_string();
    }
    let word = |part: &str| match SIDES.iter().position(|side| *side == part) {
        Some(side) => sides[side].clone(),
        None => part.to_string(),
    };
    let parts = name.split_inclusive(['_', '.', ' ']).map(|part| {
        let end = part.trim_end_matches(['_', '.', ' ']);
        word(end) + &part[end.len()..]
    });
    parts.collect()
}

/// What a second figure of a target is: of the day of a leg the other end of the row's own window, else a second source's.
pub fn alternative(is_day: bool) -> &'static str {
    if is_day { "at the other end of its window" } else { "by another source" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_are_called_anew() {
        let sides = ["hostages".to_string(), "prisoners of war".to_string()];
        for (name, words) in [
            ("captives.4.day", "hostages.4.day"),
            ("prisoners_lag_over_24h_by_day_9", "prisoners of war_lag_over_24h_by_day_9"),
            ("releases_of_captives_held_by_day_9", "releases_of_hostages_held_by_day_9"),
            ("milestone.captives home.by_day_3", "milestone.captives home.by_day_3"),
            ("flow.captives.days_1_to_2", "flow.captives.days_1_to_2"),
        ] {
            assert_eq!(labelled(name, &sides), words);
        }
    }
}
