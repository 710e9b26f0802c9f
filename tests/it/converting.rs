//! The collected tables of the case, carried over into histories: every row, with its source.
//!
//! `tests/domain` holds the tables as they were collected, without their prose. `BLESS=1 cargo test --test it converting` writes the
//! histories in `scenarios/histories` anew.

use std::collections::BTreeMap;

use handover::observed::{COLUMNS, History, read::read};
use handover::scenario::csv::records;
use handover::scenario::diagnostic::Faults;
use handover::scenario::source::Sources;

/// A record of a table, or a row of a history, by column.
type Record = BTreeMap<String, String>;

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

fn table(name: &str) -> Vec<Record> {
    let text = std::fs::read_to_string(root(&format!("tests/domain/{name}"))).unwrap();
    let mut records = records(&text, 0, "S300", &mut Faults::new()).unwrap().into_iter();
    let head = records.next().unwrap();
    let named = |record: Vec<handover::scenario::source::At<String>>| {
        head.iter().zip(record).map(|(h, cell)| (h.value.clone(), cell.value)).collect()
    };
    records.map(named).collect()
}

fn row(kind: &str, cells: &[(&str, &str)], of: &Record, id: &str) -> Record {
    let mut row: Record = cells
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(column, text)| ((*column).to_string(), (*text).to_string()))
        .collect();
    row.insert("kind".into(), kind.into());
    row.insert("id".into(), id.into());
    row.insert("confidence".into(), of.get("confidence").cloned().unwrap_or_else(|| "medium".into()));
    row.insert("source".into(), of["source"].clone());
    row
}

fn of_file(kind: &str, name: &str) -> Record {
    BTreeMap::from([("kind".into(), kind.into()), ("name".into(), name.into())])
}

fn with(mut row: Record, column: &str, text: &str) -> Record {
    row.insert(column.into(), text.into());
    row
}

fn day_of(row: &Record) -> String {
    let at = row.get("when").or(row.get("earliest"));
    at.map_or_else(
        || if row.contains_key("source") { "9".into() } else { String::new() },
        |at| at[..10].into(),
    )
}

/// A history's text: its rows in order, under the columns they use.
fn text_of(mut rows: Vec<Record>) -> String {
    rows.sort_by_key(day_of);
    let used: Vec<&str> =
        COLUMNS.iter().map(|c| c.1).filter(|c| rows.iter().any(|row| row.contains_key(*c))).collect();
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_string()
        }
    };
    let mut text = used.join(",") + "\n";
    for row in &rows {
        let cells: Vec<String> =
            used.iter().map(|c| row.get(*c).map_or(String::new(), |t| quoted(t))).collect();
        text.push_str(&(cells.join(",") + "\n"));
    }
    text
}

fn sound(name: &str, text: &str) -> History {
    let sources = Sources::from_text(name, text);
    read(&sources, 0).unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)))
}

// ---- the 2025 case ----

const COHORTS: [(&str, &str); 10] = [
    ("captives_civilian_women", "women"),
    ("captives_female_soldiers", "soldiers"),
    ("captives_men_over_50", "elderly"),
    ("captives_men_ill_wounded", "ill"),
    ("captives_long_held_civilians", "long_held"),
    ("prisoners_life", "life"),
    ("prisoners_long_or_other_sentence", "other_sentence"),
    ("prisoners_women_minors", "women_minors"),
    ("prisoners_gaza_wartime_detainees", "gaza_detainees"),
    ("prisoners_rearrested_2011", "rearrested"),
];

/// Which tranche of the agreement a round carried out: the third round was agreed on the way, so later numbers differ by one.
fn tranche_of(round: &str) -> &'static str {
    match round {
        "1" => "1",
        "2" => "2",
        "3" => "besides",
        "4" => "3",
        "5" => "4",
        "6" => "5",
        _ => "8",
    }
}

/// What of the seventh round belongs to the sixth tranche: three of the ill and what the key gives for them.
fn of_the_sixth(cohort: &str) -> u64 {
    match cohort {
        "ill" => 3,
        "life" => 36,
        "gaza_detainees" => 333,
        _ => 0,
    }
}

/// The moment of a release: as reported; where only a part of the day is known, a window after the captives' handover.
fn moments(record: &Record, after: &str) -> Vec<(&'static str, String)> {
    let at = |time: &str| format!("{}T{time}", record["date"]);
    let (first, last) = (&record["time_local_first"], &record["time_local_last"]);
    match (first.is_empty(), last.is_empty()) {
        (false, false) if record["confidence"] == "high" => vec![("when", at(last))],
        (false, false) => vec![("earliest", at(first)), ("latest", at(last))],
        (true, false) => vec![("earliest", at(after)), ("latest", at(last))],
        _ => vec![("earliest", at(after)), ("latest", at("23:59"))],
    }
}

fn releases_2025() -> Vec<Record> {
    let table = table("gaza_2025_phase1.csv");
    let mut rows = Vec::new();
    for record in &table {
        let (id, round) = (record["event_id"].as_str(), record["round"].as_str());
        let handover = table
            .iter()
            .find(|r| r["round"] == round && r["direction"] != "prisoners" && r["date"] == record["date"]);
        let after = handover.map_or("06:00", |r| r["time_local_last"].as_str());
        let times = moments(record, if id == "E19" { "06:00" } else { after });
        let mut cells: Vec<(&str, &str)> = times.iter().map(|(c, t)| (*c, t.as_str())).collect();
        cells.extend([("round", round), ("due", record["scheduled_date"].as_str())]);
        match record["direction"].as_str() {
            "foreign nationals" => {
                cells.extend([
                    ("count", record["foreign_nationals_outside_deal"].as_str()),
                    ("name", "foreign_nationals"),
                ]);
                rows.push(row("outside", &cells, record, id));
            }
            "remains" if id == "E15" => {
                cells.extend([("count", "1"), ("name", "remains"), ("tranche", "8")]);
                rows.push(row("replacement", &cells, record, id));
            }
            "remains" => {
                cells.extend([("side", "captives"), ("name", "remains"), ("tranche", "8")]);
                cells.extend([
                    ("count", record["remains_handed_over"].as_str()),
                    ("confirmed", record["remains_confirmed"].as_str()),
                ]);
                rows.push(row("remains", &cells, record, id));
            }
            side => rows.extend(by_cohort(record, &cells, side)),
        }
    }
    rows
}

fn by_cohort(record: &Record, cells: &[(&str, &str)], side: &str) -> Vec<Record> {
    let (id, round) = (record["event_id"].as_str(), record["round"].as_str());
    let mut rows = Vec::new();
    for (column, cohort) in COHORTS {
        let mut count: u64 = record[column].parse().unwrap_or(0);
        if count == 0 {
            continue;
        }
        // 121 and 79 in one report, 120 and 80 in another; the key gives the latter.
        let other = count;
        count = match (id, cohort) {
            ("E04", "life") => 120,
            ("E04", "other_sentence") => 80,
            _ => count,
        };
        let name = if id == "E19" { "gaza_women_minors" } else { cohort };
        let sixth = if round == "7" { of_the_sixth(cohort) } else { 0 };
        for (tranche, part) in
            [("6", sixth), (if round == "7" { "7" } else { tranche_of(round) }, count - sixth)]
        {
            if part == 0 {
                continue;
            }
            let mut made = row("release", cells, record, &format!("{id} {name} {tranche}"));
            let other = if id == "E19" {
                47
            } else if id == "E04" {
                other
            } else {
                part
            };
            for (column, text) in [("side", side), ("name", name), ("tranche", tranche)] {
                made = with(made, column, text);
            }
            made = with(made, "count", &part.to_string());
            if other != part {
                made = with(made, "other_count", &other.to_string());
            }
            rows.push(made);
        }
    }
    rows
}

fn party(name: &str) -> &'static str {
    if name.contains("Israel") || name == "both" { "authority" } else { "holders" }
}

/// A stated moment as its window: as precise as the table says it is.
fn window(text: &str, precision: &str) -> (String, String) {
    let (date, time) = text.split_once('T').unwrap();
    let hour: i64 = time[..2].parse().unwrap();
    let at =
        |hour: i64| format!("{date}T{:02}:{}", hour.clamp(0, 23), if hour > 23 { "59" } else { &time[3..] });
    match precision {
        "minutes" => (text.into(), text.into()),
        "hour" => (at(hour - 1), at(hour + 1)),
        "estimate" => (at(hour - 2), at(hour + 2)),
        "half day" => (at(hour - 6), at(hour + 6)),
        _ => (format!("{date}T00:00"), format!("{date}T23:59")),
    }
}

fn disputes_2025() -> Vec<Record> {
    let held = BTreeMap::from([
        ("D02", "prisoners"),
        ("D03", "movement"),
        ("D04", "prisoners"),
        ("D06", "captives"),
        ("D11", "prisoners"),
        ("D12", "prisoners"),
    ]);
    let mut rows = Vec::new();
    for record in table("gaza_2025_disputes.csv") {
        let id = record["dispute_id"].as_str();
        let (start, end) = (record["start_local"].as_str(), record["end_local"].as_str());
        let (earliest, latest) = window(start, &record["time_precision"]);
        let is_settled = !["failed", "chronic"].contains(&record["outcome"].as_str());
        let mut cells = vec![("when", start), ("earliest", earliest.as_str()), ("latest", latest.as_str())];
        let made = match id {
            "D15" => row("expiry", &cells, &record, id),
            "D16" => row("collapse", &[("when", start), ("party", "authority")], &record, id),
            "D07" | "D08" | "D17" | "D18" | "D19" => {
                cells.extend([("until", end), ("name", &record["cause_class"])]);
                row("note", &cells, &record, id)
            }
            _ => {
                cells.extend([("party", party(&record["alleged_by"])), ("name", &record["cause_class"])]);
                cells.extend([
                    ("held", held.get(id).copied().unwrap_or("")),
                    ("until", if is_settled { end } else { "" }),
                ]);
                // Talks were overdue once their day had passed.
                let cells: Vec<_> = cells
                    .into_iter()
                    .map(|(c, t)| {
                        if id == "D13" {
                            (c, if c == "when" || c == "latest" { "2025-02-04T12:00" } else { t })
                        } else {
                            (c, t)
                        }
                    })
                    .collect();
                row("dispute", &cells, &record, id)
            }
        };
        rows.push(made);
    }
    rows
}

fn schedule_2025() -> Vec<Record> {
    let mut rows = Vec::new();
    for record in table("gaza_2025_schedule.csv") {
        let id = record["milestone_id"].as_str();
        let (due, when) = (record["due_date"].as_str(), record["actual_date"].as_str());
        let milestone = |name: &str, when: &str, id: &str| {
            let owner = if record["owed_by"] == "B" { "holders" } else { "authority" };
            row("milestone", &[("name", name), ("due", due), ("when", when), ("party", owner)], &record, id)
        };
        match id {
            "M01" => rows.push(row(
                "start",
                &[("when", "2025-01-19T11:15"), ("due", "2025-01-19T08:30")],
                &record,
                id,
            )),
            "M02" => rows.push(row(
                "list",
                &[("when", "2025-01-19T10:25"), ("due", due), ("party", "holders"), ("round", "1")],
                &record,
                id,
            )),
            "M06" => rows.push(with(milestone("status_list", "", id), "earliest", "2025-01-26T20:00")),
            "M07" => rows.extend([
                milestone("coast_withdrawal", "2025-01-27T07:00", id),
                milestone("return_north", "2025-01-27T07:00", "M07 return"),
            ]),
            "M09" => rows.push(milestone("crossing_opens", when, id)),
            "M12" => rows.extend([
                milestone("corridor_withdrawal", when, id),
                milestone("return_inland", when, "M12 return"),
            ]),
            "M10" => rows.push(row("talks", &[("name", "started"), ("due", due)], &record, id)),
            "M16" => rows.push(row("talks", &[("name", "agreed"), ("due", due)], &record, id)),
            "M19" => rows.push(milestone("border_corridor_begins", when, id)),
            "M20" => rows.push(milestone("border_corridor_ends", when, id)),
            _ => rows.push(row(
                "note",
                &[("due", due), ("when", when), ("name", &record["status"])],
                &record,
                id,
            )),
        }
    }
    for row in rows.iter_mut().filter(|row| row["id"] == "M06") {
        row.insert("latest".into(), "2025-01-27T02:00".into());
    }
    rows
}

fn aid(truce: &str, name: &str) -> Vec<Record> {
    let mut rows = Vec::new();
    for (at, record) in
        table("gaza_2025_aid.csv").into_iter().enumerate().filter(|(_, r)| r["truce"] == truce)
    {
        let id = format!("A{:02}", at + 1);
        let kind =
            if truce == "baseline" || record["measure"] == "reached the north" { "note" } else { "flow" };
        let until = if record["date_start"] == record["date_end"] { "" } else { &record["date_end"] };
        let cells = [
            ("when", record["date_start"].as_str()),
            ("until", until),
            ("reporter", record["reporter"].as_str()),
        ];
        let (total, daily, target) =
            (&record["trucks_in_period"], &record["trucks_per_day"], &record["target_per_day"]);
        if !total.is_empty() || !daily.is_empty() {
            let mut made = row(kind, &cells, &record, &id);
            for (column, text) in [
                ("name", name),
                ("count", total),
                ("per_day", if total.is_empty() { daily } else { "" }),
                ("target", target),
            ] {
                if !text.is_empty() {
                    made = with(made, column, text);
                }
            }
            rows.push(made);
        }
        let fuel = &record["fuel_trucks_per_day"];
        if !fuel.is_empty() {
            let made = row(kind, &cells, &record, &format!("{id} fuel"));
            rows.push(with(with(with(made, "name", "fuel"), "per_day", fuel), "target", "50"));
        }
    }
    rows
}

fn violations(truce: &str) -> Vec<Record> {
    let mut rows = Vec::new();
    for (at, record) in
        table("violations_reported.csv").into_iter().enumerate().filter(|(_, r)| r["truce"] == truce)
    {
        // Not counted, or not from the start: for the record.
        let is_daily = record["cumulative_killed"] == "404";
        let has_count = ["cumulative_violations", "cumulative_killed", "cumulative_injured"]
            .iter()
            .any(|c| !record[*c].is_empty());
        let kind = if has_count && !is_daily { "violations" } else { "note" };
        let against = if record["alleged_against"] == "Hamas" { "holders" } else { "authority" };
        let cells = [
            ("when", record["as_of_date"].as_str()),
            ("against", against),
            ("count", &record["cumulative_violations"]),
            ("killed", &record["cumulative_killed"]),
            ("injured", &record["cumulative_injured"]),
            ("reporter", &record["reporter"]),
        ];
        rows.push(row(kind, &cells, &record, &format!("V{:02}", at + 1)));
    }
    rows
}

fn key_check() -> Vec<Record> {
    let mut rows = Vec::new();
    for record in table("exchange_key_check.csv") {
        let cells = [
            ("when", record["date"].as_str()),
            ("round", &record["round"]),
            ("count", &record["reported_prisoners"]),
            ("other_count", &record["predicted_prisoners"]),
            ("name", "exchange key"),
        ];
        rows.push(row("note", &cells, &record, &format!("K {}", record["round"])));
    }
    rows
}

fn gaza_2025() -> Vec<Record> {
    let mut rows = vec![of_file("case", "Gaza 2025, phase one"), of_file("zone", "Asia/Jerusalem")];
    let term = table("gaza_2025_schedule.csv").into_iter().find(|r| r["milestone_id"] == "M17").unwrap();
    rows.push(row("term", &[("when", "2025-03-02T08:30")], &term, "term"));
    for part in [
        releases_2025(),
        disputes_2025(),
        schedule_2025(),
        aid("baseline", "trucks"),
        aid("2025 phase one", "trucks"),
        violations("2025 phase one"),
        key_check(),
    ] {
        rows.extend(part);
    }
    rows
}

// ---- other cases ----

fn gaza_2023() -> Vec<Record> {
    let mut rows = vec![of_file("case", "Gaza, November 2023"), of_file("zone", "Asia/Jerusalem")];
    for record in table("gaza_2023_nov.csv") {
        let (date, day) = (record["date"].as_str(), record["day_index"].as_str());
        let at = |time: &str| format!("{date}T{time}");
        let id = |what: &str| format!("N{day} {what}");
        let hours = match day {
            "1" => ("16:30", "17:00"),
            "2" => ("22:45", "23:15"),
            _ => ("16:00", "22:00"),
        };
        let (from, to) = (at(hours.0), at(hours.1));
        let of_round = [("earliest", from.as_str()), ("latest", &to), ("due", date), ("round", day)];
        let release = |side: &str, name: &str, count: &str, cells: &[(&str, &str)]| {
            let made = row("release", cells, &record, &id(name));
            with(with(with(made, "side", side), "name", name), "count", count)
        };
        if record["captives_under_deal"] != "0" {
            rows.push(release("captives", "captives", &record["captives_under_deal"], &of_round));
            let (first, last) = match day {
                "1" => (at("19:30"), at("20:30")),
                "2" => (at("23:15"), at("23:59")),
                _ => (at("16:30"), at("23:59")),
            };
            let prisoners = [("earliest", first.as_str()), ("latest", &last), ("due", date), ("round", day)];
            rows.push(release("prisoners", "prisoners", &record["prisoners_released"], &prisoners));
        }
        for (column, name) in
            [("captives_other_dual_nationals", "dual_nationals"), ("foreign_nationals", "foreign_nationals")]
        {
            if record[column] != "0" {
                rows.push(row(
                    "outside",
                    &[("when", date), ("name", name), ("count", &record[column])],
                    &record,
                    &id(name),
                ));
            }
        }
        match day {
            "0" => rows.push(row(
                "start",
                &[("when", "2023-11-24T07:00"), ("due", "2023-11-23T10:00")],
                &record,
                &id("start"),
            )),
            "1" => rows.push(row(
                "flow",
                &[("when", date), ("name", "aid"), ("count", &record["aid_trucks"]), ("target", "200")],
                &record,
                &id("aid"),
            )),
            "2" => {
                let halt = [
                    ("earliest", "2023-11-25T18:15"),
                    ("latest", "2023-11-25T18:25"),
                    ("until", "2023-11-25T21:00"),
                    ("party", "holders"),
                    ("name", "aid to the north"),
                    ("held", "captives"),
                ];
                rows.push(row("dispute", &halt, &record, &id("halt")));
            }
            "4" => {
                rows.push(row("term", &[("when", "2023-11-28T07:00")], &record, &id("term")));
                rows.push(row(
                    "extension",
                    &[("when", date), ("until", "2023-11-30T07:00"), ("count", "20")],
                    &record,
                    &id("extension"),
                ));
            }
            "7" => rows.push(row(
                "extension",
                &[
                    ("earliest", "2023-11-30T06:30"),
                    ("latest", "2023-11-30T07:00"),
                    ("until", "2023-12-01T07:00"),
                    ("count", "10"),
                ],
                &record,
                &id("extension"),
            )),
            "8" => rows.push(row("collapse", &[("when", "2023-12-01T07:00")], &record, &id("collapse"))),
            _ => {}
        }
    }
    rows.extend(aid("2023 truce", "aid").into_iter().filter(|r| r["id"] != "A18"));
    rows.extend(
        aid("2023 truce", "aid")
            .into_iter()
            .filter(|r| r["id"] == "A18")
            .map(|r| with(with(r, "kind", "note"), "name", "aid, another print")),
    );
    rows
}

fn other(case: &str, zone: &str, name: &str) -> Vec<Record> {
    let mut rows = vec![of_file("case", name), of_file("zone", zone)];
    for (at, record) in table("others.csv").into_iter().enumerate().filter(|(_, r)| r["case"] == case) {
        let (date, round) = (record["date"].as_str(), record["round_id"].as_str());
        let due = record["promised_by_date"].as_str();
        let id = format!("O{:02}", at + 1);
        if round == "agreement" {
            rows.push(row(
                "agreement",
                &[("when", date), ("count", &record["promised"]), ("due", due)],
                &record,
                &id,
            ));
            continue;
        }
        let cells = [("when", date), ("round", round), ("due", due)];
        let before = rows.len();
        for (side, column) in [("captives", "released_by_b"), ("prisoners", "released_by_a")] {
            if !["", "0"].contains(&record[column].as_str()) {
                let made = row("release", &cells, &record, &format!("{id} {side}"));
                rows.push(with(with(made, "side", side), "count", &record[column]));
            }
        }
        if rows.len() == before {
            let count = record["actual_cumulative"].parse::<u64>().map(|n| n.to_string()).unwrap_or_default();
            rows.push(row("note", &[("when", date), ("round", round), ("count", &count)], &record, &id));
        }
    }
    if case == "2011 two-stage exchange" {
        let first = table("others.csv").into_iter().next().unwrap();
        rows.push(row("start", &[("when", "2011-10-18T00:00")], &first, "start"));
    }
    rows
}

fn lebanon() -> Vec<Record> {
    let mut rows = vec![of_file("case", "Lebanon, from November 2024"), of_file("zone", "Asia/Beirut")];
    rows.extend(violations("2024 Lebanon truce"));
    // Day 26 is 22 December.
    let first = table("violations_reported.csv").into_iter().find(|r| r["day_index"] == "26").unwrap();
    rows.push(row("start", &[("when", "2024-11-27")], &first, "start"));
    rows
}

fn rates() -> Vec<Record> {
    let mut rows = vec![of_file("case", "Truces and settlements after civil wars")];
    for (at, record) in table("baseline_truce_survival.csv").into_iter().enumerate() {
        let cells = [
            ("name", record["population"].as_str()),
            ("count", &record["cumulative_failures"]),
            ("of", &record["n_spells"]),
            ("days", &record["horizon_days"]),
            ("reporter", &record["method"]),
        ];
        rows.push(row("rate", &cells, &record, &format!("B{}", at + 1)));
    }
    rows
}

fn histories() -> Vec<(&'static str, String)> {
    vec![
        ("gaza-2025-phase-one.csv", text_of(gaza_2025())),
        ("gaza-2023-november.csv", text_of(gaza_2023())),
        (
            "exchange-2011-two-stage.csv",
            text_of(other("2011 two-stage exchange", "Asia/Jerusalem", "The two-stage exchange of 2011")),
        ),
        ("yemen-2020.csv", text_of(other("Yemen October 2020", "Asia/Aden", "Yemen, October 2020"))),
        ("yemen-2023.csv", text_of(other("Yemen April 2023", "Asia/Aden", "Yemen, April 2023"))),
        ("lebanon-2024.csv", text_of(lebanon())),
        ("base-rates.csv", text_of(rates())),
    ]
}

#[test]
fn the_shipped_histories_are_what_the_tables_say() {
    for (name, text) in histories() {
        let path = root(&format!("scenarios/histories/{name}"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(root("scenarios/histories")).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        sound(name, &text);
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{name}");
    }
}

#[test]
fn every_row_of_every_table_is_carried_over_with_its_source() {
    let all: Vec<History> = histories().iter().map(|(name, text)| sound(name, text)).collect();
    let mut rows = 0;
    for (name, id) in [
        ("gaza_2025_phase1.csv", Some("event_id")),
        ("gaza_2025_disputes.csv", Some("dispute_id")),
        ("gaza_2025_schedule.csv", Some("milestone_id")),
        ("exchange_key_check.csv", Some("round")),
        ("gaza_2025_aid.csv", None),
        ("gaza_2023_nov.csv", None),
        ("others.csv", None),
        ("violations_reported.csv", None),
        ("baseline_truce_survival.csv", None),
    ] {
        for (at, record) in table(name).iter().enumerate() {
            rows += 1;
            let id = match (name, id) {
                (_, Some(column)) if name == "exchange_key_check.csv" => format!("K {}", record[column]),
                (_, Some(column)) => record[column].clone(),
                ("gaza_2025_aid.csv", _) => format!("A{:02}", at + 1),
                ("gaza_2023_nov.csv", _) => format!("N{}", record["day_index"]),
                ("others.csv", _) => format!("O{:02}", at + 1),
                ("violations_reported.csv", _) => format!("V{:02}", at + 1),
                _ => format!("B{}", at + 1),
            };
            let carried = all.iter().flat_map(|history| &history.rows).any(|row| {
                let named =
                    row.id.as_ref().is_some_and(|i| i.value == id || i.value.starts_with(&format!("{id} ")));
                named && row.source == record["source"].trim()
            });
            assert!(carried, "{name}: {id} is not carried over with its source");
        }
    }
    assert_eq!(rows, 127);
}
