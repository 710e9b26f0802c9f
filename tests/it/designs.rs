//! Designs: broken ones and what is said of them, word for word; and that a cell is the scenario that `run --set` would run.
//!
//! `BLESS=1 cargo test --test it designs` writes the messages anew; what changed is then read in the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use handover::design::{Cells, Design};
use handover::scenario::codes::CODES;
use handover::scenario::diagnostic::Faults;
use handover::scenario::load::{Script, load};
use handover::scenario::source::Sources;

use crate::support::shipped;

/// Reads a design over a shipped scenario; a table it names is `table`.
fn resolved<T>(
    scenario: &str,
    design: (&str, &str),
    table: &str,
    then: impl FnOnce(&Cells<'_>) -> T,
) -> Result<T, String> {
    let mut sources = Sources::from_text(scenario, shipped(scenario));
    let rendered =
        |faults: Faults, sources: &Sources| faults.render(sources, false).trim_end().to_string() + "\n";
    let script = Script::open(&mut sources, &[]).unwrap();
    let number = sources.add(design.0, design.1).unwrap();
    let mut read = |sources: &mut Sources, name: &str| {
        if table.is_empty() {
            return Err(format!("cannot read {name}: there is no such file"));
        }
        Ok(sources.add(name, table).unwrap())
    };
    let design = Design::read(&mut sources, number, &mut read).map_err(|f| rendered(f, &sources))?;
    let cells = Cells::resolve(&script, &design).map_err(|f| rendered(f, &sources))?;
    Ok(then(&cells))
}

fn broken() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-designs");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_broken_design_is_answered_word_for_word() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in broken() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let Err(said) = resolved("first-exchange.toml", (&name, &text), "", |_| ()) else {
            panic!("{name} is sound")
        };
        // Each names its code, and the line and column in the design.
        assert!(said.contains(&format!("error[{}]", &name[..4])), "{name}: {said}");
        assert!(said.contains(&format!("--> {name}:")), "{name}: {said}");
        if bless {
            std::fs::write(path.with_extension("txt"), &said).unwrap();
        } else if std::fs::read_to_string(path.with_extension("txt")).ok().as_deref() != Some(said.as_str()) {
            wrong.push(format!("---- {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 accepts what is said now:\n{}", wrong.join("\n"));
}

#[test]
fn every_code_of_designs_has_a_broken_design() {
    let files: BTreeSet<String> =
        broken().iter().map(|p| p.file_name().unwrap().to_string_lossy()[..4].to_string()).collect();
    for code in CODES.iter().filter(|code| ("S200".."S300").contains(&code.code)) {
        assert!(files.contains(code.code), "{} has none", code.code);
    }
}

#[test]
fn a_cell_is_the_scenario_that_set_arguments_make() {
    for name in ["mediation-grid", "responses-table"] {
        cells_are_what_their_sets_make("first-exchange.toml", name);
    }
    cells_are_what_their_sets_make("analytic-truce.toml", "truce-sobol");
    cells_are_what_their_sets_make("gaza-2025-phase-one.toml", "reference-hypercube");
}

fn cells_are_what_their_sets_make(scenario: &str, design: &str) {
    let path = format!("{}/examples/designs/{design}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let cells = resolved(scenario, (design, &text), "", |cells| {
        assert_eq!(cells.distinct(), cells.list.len(), "{design}");
        let one = |cell: &handover::design::Cell| {
            (cells.variant_of(cell).to_string(), cells.sets(cell.point), cell.digest.clone())
        };
        cells.list.iter().step_by(7).map(one).collect::<Vec<_>>()
    });
    for (variant, sets, digest) in cells.unwrap() {
        let mut sources = Sources::from_text(scenario, shipped(scenario));
        let loaded = load(&mut sources, Some(&variant), &sets);
        let loaded = loaded.unwrap_or_else(|faults| panic!("{sets:?}: {}", faults.render(&sources, false)));
        assert_eq!(loaded.digest, digest, "{sets:?}");
    }
}

#[test]
fn a_hypercube_has_one_point_a_stratum_of_every_parameter() {
    let text = "format = 1\n[design]\nmethod = \"latin hypercube\"\npoints = 20\n[parameter]\n\
                \"fault.probability\" = { from = 0, to = 1 }\n\"mediation.settles\" = { from = 0, to = 1 }\n";
    let levels = resolved("first-exchange.toml", ("d.toml", text), "", |cells| {
        let of = |point: &handover::design::Point| {
            point.levels.iter().map(|l| l.text.parse::<f64>().unwrap()).collect::<Vec<f64>>()
        };
        cells.points.iter().map(of).collect::<Vec<Vec<f64>>>()
    });
    let levels = levels.unwrap();
    for parameter in 0..2 {
        let mut strata: Vec<usize> = levels.iter().map(|l| (20.0 * l[parameter]) as usize).collect();
        strata.sort_unstable();
        assert!(strata.into_iter().eq(0..20));
    }
}

#[test]
fn a_grid_varies_its_last_parameter_fastest_and_csv_says_the_same() {
    let grid = "format = 1\n[design]\nmethod = \"grid\"\n[parameter]\n\
                \"fault.probability\" = { from = 0.1, to = 0.3, steps = 2 }\n\
                \"mediation.takes.lognormal.median\" = { from = \"8h\", to = \"1d\", steps = 3 }\n";
    let csv = "fault.probability,mediation.takes.lognormal.median\n0.1,8h\n0.1,16h\n0.1,24h\n0.3,8h\n0.3,16h\n0.3,24h\n";
    let table = "format = 1\n[design]\nmethod = \"table\"\nfile = \"points.csv\"\n";
    let found = |design: &str, csv: &str| {
        resolved("first-exchange.toml", ("d.toml", design), csv, |cells| {
            let sets: Vec<Vec<String>> = (0..cells.points.len()).map(|p| cells.sets(p)).collect();
            (sets, cells.list.iter().map(|c| c.digest.clone()).collect::<Vec<String>>())
        })
        .unwrap()
    };
    let (sets, digests) = found(grid, "");
    assert_eq!(sets[1], ["fault.probability=0.1", "mediation.takes.lognormal.median=16h"]);
    assert_eq!((sets, digests), found(table, csv));
}

#[test]
fn a_fault_in_a_table_of_points_is_shown_where_it_stands() {
    let table = "format = 1\n[design]\nmethod = \"table\"\nfile = \"points.csv\"\n";
    let said = |csv: &str| resolved("first-exchange.toml", ("d.toml", table), csv, |_| ()).unwrap_err();
    assert!(said("fault.probability\n0.1\n1.5\n").contains("points.csv:3:1"));
    assert!(said("fault.probabilty\n0.1\n").contains("points.csv:1:7"));
    assert!(said("fault.probability,mediation.settles\n0.1\n").contains("1 values for 2 columns"));
    assert!(said("").contains("there is no such file"));
}

#[test]
fn twice_the_sobol_points_keep_the_first_half() {
    let design = |points| {
        format!(
            "format = 1\n[design]\nmethod = \"sobol\"\npoints = {points}\n[parameter]\n\"fault.probability\" = {{ from = 0, to = 1 }}\n"
        )
    };
    let found = |points| {
        let text = design(points);
        resolved("first-exchange.toml", ("d.toml", &text), "", |cells| {
            cells.list.iter().map(|c| c.digest.clone()).collect::<Vec<String>>()
        })
        .unwrap()
    };
    let (few, many) = (found(16), found(32));
    assert_eq!(few[..], many[..16]);
}
