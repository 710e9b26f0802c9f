//! After its first replication a thread allocates nothing but pages of histograms, each once.

#![allow(unsafe_code, reason = "a global allocator that counts can only be written so")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use handover::batch::Worker;
use handover::kernel::stream::Domain;
use handover::model::happening::Unobserved;
use handover::model::plan::Plan;
use handover::model::world::World;
use handover::scenario::{load::load, source::Sources};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator with its own arguments; counting touches nothing that allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promises about `layout` are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `alloc` above, that is from the system's allocator, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

fn shipped_plans() -> Vec<(String, Plan)> {
    let folder = format!("{}/scenarios", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let plan = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let mut sources = Sources::from_text("scenario.toml", &text);
        load(&mut sources, None, &[]).map_err(|_| "faults").unwrap().plan
    };
    files.iter().map(|path| (path.display().to_string(), plan(path))).collect()
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(Vec::<u8>::with_capacity(10))), 1);
}

#[test]
fn no_replication_after_the_first_allocates() {
    for (name, plan) in shipped_plans() {
        let mut world = World::new(&plan, 1, Domain::Main, Unobserved);
        let mut outcomes = Vec::with_capacity(plan.outcomes.len());
        world.run(0);
        for replication in 1..400 {
            let count = allocations(|| {
                world.run(replication);
                outcomes.clear();
                world.outcomes(&mut outcomes);
            });
            assert_eq!(count, 0, "{name}: replication {replication}");
        }
    }
}

#[test]
fn recording_allocates_pages_of_histograms_alone() {
    for (name, plan) in shipped_plans() {
        let mut worker = Worker::new(&plan, 1);
        worker.run(0..400);
        // The same replications again touch the same pages.
        assert_eq!(allocations(|| worker.run(0..400)), 0, "{name}");
    }
}
