//! Which part of a batch this process is: said outright, or read from the variables of the scheduler that started it.

use super::Failure;
use super::output::Output;
use crate::batch::shard::Shard;

/// `--shard` as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShardArg {
    /// `I/N`.
    Given(Shard),
    /// `auto`: number and count from the scheduler.
    Auto,
    /// `auto/N`: the number from the scheduler.
    AutoOf(u64),
}

/// Reads `I/N`, `auto` or `auto/N`.
pub(super) fn parse(text: &str) -> Result<ShardArg, String> {
    let all = || "write I/N with I from 1 to N, or auto, or auto/N".to_string();
    match text.strip_prefix("auto") {
        Some("") => Ok(ShardArg::Auto),
        Some(rest) => {
            let count = rest.strip_prefix('/').and_then(|n| n.parse().ok()).filter(|n| *n > 0);
            count.map(ShardArg::AutoOf).ok_or_else(all)
        }
        None => text.parse().map(ShardArg::Given).map_err(|_| all()),
    }
}

/// What a scheduler says.
struct Place {
    /// From 1, as the scheduler numbers.
    index: u64,
    /// From 1 by position among the tasks that were started, and their number, where it tells.
    among: Option<Shard>,
    variable: &'static str,
}

/// The part this process is.
pub(super) fn resolve(
    shard: ShardArg,
    variable: &dyn Fn(&str) -> Option<String>,
    output: &Output,
) -> Result<Shard, Failure> {
    let count = match shard {
        ShardArg::Given(shard) => return Ok(shard),
        ShardArg::Auto => None,
        ShardArg::AutoOf(count) => Some(count),
    };
    let place = place(variable).ok_or_else(|| {
        output.complain("error: --shard auto found no variable of a scheduler");
        output.complain(
            "help: it reads SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK and PMI_RANK; elsewhere write --shard I/N",
        );
        Failure::Environment
    })?;
    let found = match count {
        Some(count) => Some(Shard { index: place.index, count }).filter(|s| (1..=s.count).contains(&s.index)),
        None => place.among,
    };
    match found {
        Some(shard) => {
            output.remark(&format!("shard {shard}, by {}", place.variable));
            Ok(shard)
        }
        None => {
            let what = match count {
                Some(count) => format!("is number {}, not one of 1 to {count}", place.index),
                None => "does not come with the number of shards".to_string(),
            };
            output.complain(&format!("error: --shard auto: {} {what}", place.variable));
            output.complain("help: write --shard auto/N for tasks numbered from 1 to N, or --shard I/N");
            Err(Failure::Environment)
        }
    }
}

fn place(variable: &dyn Fn(&str) -> Option<String>) -> Option<Place> {
    let number = |name: &str| variable(name)?.trim().parse::<u64>().ok();
    if let Some(id) = number("SLURM_ARRAY_TASK_ID") {
        let step = number("SLURM_ARRAY_TASK_STEP").filter(|step| *step > 0).unwrap_or(1);
        let among = number("SLURM_ARRAY_TASK_MIN").zip(number("SLURM_ARRAY_TASK_COUNT"));
        let among = among.and_then(|(least, count)| shard(id.checked_sub(least)? / step, count));
        return Some(Place { index: id, among, variable: "SLURM_ARRAY_TASK_ID" });
    }
    let from_zero = [
        ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"),
        ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("PMI_RANK", "PMI_SIZE"),
    ];
    from_zero.into_iter().find_map(|(name, size)| {
        let index = number(name)?;
        let among = number(size).and_then(|count| shard(index, count));
        Some(Place { index: index.checked_add(1)?, among, variable: name })
    })
}

fn shard(from_zero: u64, count: u64) -> Option<Shard> {
    (from_zero < count).then(|| Shard { index: from_zero + 1, count })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], arg: ShardArg) -> Option<(u64, u64)> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string());
        resolve(arg, &find, &Output::new(true)).ok().map(|shard| (shard.index, shard.count))
    }

    #[test]
    fn an_array_is_counted_from_its_least_number() {
        let array =
            [("SLURM_ARRAY_TASK_ID", "14"), ("SLURM_ARRAY_TASK_MIN", "10"), ("SLURM_ARRAY_TASK_COUNT", "8")];
        assert_eq!(with(&array, ShardArg::Auto), Some((5, 8)));
        let stepped = [&array[..], &[("SLURM_ARRAY_TASK_STEP", "2")]].concat();
        assert_eq!(with(&stepped, ShardArg::Auto), Some((3, 8)));
        // One task of sixty-four, run again alone, must not take itself for the whole.
        let again =
            [("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_MIN", "7"), ("SLURM_ARRAY_TASK_COUNT", "1")];
        assert_eq!(with(&again, ShardArg::AutoOf(64)), Some((7, 64)));
        assert_eq!(with(&[("SLURM_ARRAY_TASK_ID", "0")], ShardArg::AutoOf(64)), None);
    }

    #[test]
    fn ranks_and_indexed_jobs_count_from_zero() {
        assert_eq!(with(&[("JOB_COMPLETION_INDEX", "0")], ShardArg::AutoOf(4)), Some((1, 4)));
        assert_eq!(with(&[("JOB_COMPLETION_INDEX", "0")], ShardArg::Auto), None);
        assert_eq!(with(&[("JOB_COMPLETION_INDEX", "4")], ShardArg::AutoOf(4)), None);
        let mpi = [("OMPI_COMM_WORLD_RANK", "3"), ("OMPI_COMM_WORLD_SIZE", "4")];
        assert_eq!(with(&mpi, ShardArg::Auto), Some((4, 4)));
        assert_eq!(with(&[("PMI_RANK", "1"), ("PMI_SIZE", "2")], ShardArg::Auto), Some((2, 2)));
        assert_eq!(with(&[], ShardArg::Auto), None);
    }

    #[test]
    fn what_is_typed_is_read_strictly() {
        assert_eq!(parse("2/3"), Ok(ShardArg::Given(Shard { index: 2, count: 3 })));
        assert_eq!(parse("auto"), Ok(ShardArg::Auto));
        assert_eq!(parse("auto/12"), Ok(ShardArg::AutoOf(12)));
        for bad in ["", "auto/", "auto/0", "automatic", "4/3", "0/3"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
