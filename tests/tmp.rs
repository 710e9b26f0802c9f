#[path = "it/analytic.rs"]
mod analytic;
#[path = "it/architecture.rs"]
mod architecture;
#[path = "it/common_random.rs"]
mod common_random;
#[path = "it/determinism.rs"]
mod determinism;
#[path = "it/support.rs"]
mod support;
#[path = "it/timeline.rs"]
mod timeline;
#[path = "it/tour.rs"]
mod tour;
