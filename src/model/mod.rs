//! The model: a plan in, one replication's outcomes out.
//!
//! A [`plan::Plan`] is the resolved scenario as dense plain data; it holds no text, no names to look up and nothing optional that
//! a replication would have to decide. [`world::World`] is the state of one replication and its event loop. Each mechanism
//! has a file of its own, which adds its rules to the world:
//!
//! | file | what it decides |
//! |---|---|
//! | `rounds` | when a round begins, how its legs go through their steps |
//! | `transfers` | people change hands: sites, trips of vehicles |
//! | `people` | who is released from which cohort |
//! | `key` | what a release obliges the other side to, bundles |
//! | `balance` | what is promised by now, exposed balances |
//! | `custody` | remains, deaths in custody, people outside the agreement |
//! | `lookup` | nothing: which tranches something concerns |
//! | `lists` | names due ahead of a round |
//! | `clusters` | when violations are alleged, what they do and whom they bring on, drawn ahead |
//! | `violations` | when their processes start, what pushes them, what those that are seen do |
//! | `disputes` | which answer a party gives, holds, suspensions |
//! | `mediation` | files, attempts, settlements and what they contain |
//! | `obligations` | milestones, flows, talks |
//! | `ahead` | which deliveries are drawn ahead and kept out of the calendar |
//! | `outside` | events and fronts beyond the agreement, pulses |
//! | `trust` | trust and what moves it |
//! | `hazard` | the integrated hazard under decaying pulses |
//! | `ending` | what the hazard depends on, expiry, extension, limbo |
//! | `subjects` | what disputes are over, held time by subject |
//! | `outcome`, `specs` | what each outcome holds; which of them a plan has |
//! | `history`, `past`, `particles` | facts replayed before the simulation goes on; what of them is uncertain; by which weight a past is taken |
//! | `ages` | how long what is pending had been under way when the known past ended, and what that leaves of it |
//! | `awaited` | milestones that could have been met in the known past and were not: for how long, and what that leaves of them |
//! | `carried` | what the known past leaves of promises where people came in another round than promised |
//! | `attempts` | how long mediation of disputes of the known past takes by all its attempts |
//! | `gates` | what keeps a step from starting |
//! | `standing` | nothing: how the agreement stands where the known past ends |
//! | `stepping` | a replication in parts |
//! | `copies` | copies of a replication under new draws; conditions |

pub mod address;
mod ages;
pub mod ahead;
mod attempts;
mod awaited;
mod balance;
mod carried;
pub mod clock;
mod clusters;
pub mod copies;
mod custody;
mod disputes;
mod draws;
mod ending;
mod filed;
mod gates;
pub mod happening;
mod hazard;
mod history;
mod key;
pub mod law;
mod lists;
mod lookup;
mod mediation;
mod obligations;
pub mod outcome;
mod outside;
mod particles;
mod past;
mod people;
mod plain;
pub mod plan;
mod reached;
mod rounds;
pub mod runner;
pub mod specs;
pub mod standing;
mod state;
pub mod stepping;
pub mod subjects;
mod transfers;
mod trust;
mod violations;
pub mod world;
