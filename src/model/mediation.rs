//! Files, attempts and settlements.
//!
//! An open dispute is a file. Each mediator handles a number of files at once; a file that finds none free waits its turn. An
//! attempt takes a drawn time and settles with a probability; what follows the last failed attempt is the scenario's choice.

use super::address::{Answer, attempt};
use super::disputes::shifted;
use super::happening::{Answered, Happening, Observer};
use super::plan::{Legs, SettlementPlan, Unsettled};
use super::world::{Phase, World};
use crate::kernel::{NEVER, after};

impl<O: Observer> World<'_, O> {
    /// Sets who is available on the first day.
    pub(super) fn launch_mediation(&mut self) {
        self.available.fill(true);
        self.mediators_come_and_go();
    }

    /// A dispute becomes a file.
    pub(super) fn file(&mut self, number: u32) {
        if self.plan.mediation.is_none() {
            return;
        }
        match self.free_server() {
            Some(server) if self.files.is_empty() => self.start_attempt(server, number),
            _ => {
                self.past.has_waited |= self.in_past;
                self.files.push(number);
            }
        }
    }

    /// A file is closed by what is on record; the mediator takes the next one.
    pub(super) fn close_file(&mut self, number: u32) {
        self.files.retain(|file| *file != number);
        if let Some(server) = self.server_of(number) {
            self.servers[server] = None;
            self.take_files();
        }
    }

    /// Who is at work on a dispute.
    pub(super) fn server_of(&self, number: u32) -> Option<usize> {
        self.servers.iter().position(|file| *file == Some(number))
    }

    fn free_server(&self) -> Option<usize> {
        let plan = self.plan.mediation.as_ref()?;
        (0..self.servers.len()).find(|s| self.servers[*s].is_none() && self.available[plan.servers[*s]])
    }

    pub(super) fn take_files(&mut self) {
        while !self.files.is_empty() {
            let Some(server) = self.free_server() else { return };
            let number = self.files.remove(0);
            self.start_attempt(server, number);
        }
    }

    pub(super) fn start_attempt(&mut self, server: usize, number: u32) {
        let Some(plan) = &self.plan.mediation else { return };
        self.servers[server] = Some(number);
        if self.in_past {
            self.disputes[number as usize].served = self.now; // how long it takes is on record, or drawn where the past ends
            return;
        }
        let dispute = self.disputes[number as usize];
        let position = attempt(dispute.base, u64::from(dispute.attempts));
        let speed = self.num(plan.mediators[plan.servers[server]].speed);
        let age = std::mem::take(&mut self.disputes[number as usize].age) * speed;
        let word = self.draws.word(dispute.stream, position);
        let takes =
            if age > 0.0 { self.residual(plan.takes, age, word) - age } else { self.value(plan.takes, word) };
        self.set(plan.first_timer + server as u32, after(self.now, takes / speed));
    }

    /// An attempt ends: settled, tried again, or given up.
    pub(super) fn attempt_ends(&mut self, server: usize) {
        let plan = self.plan.mediation.as_ref().expect("its timer exists only with mediation");
        let Some(number) = self.servers[server].take() else { return };
        let dispute = self.disputes[number as usize];
        let mediator = plan.servers[server];
        let mut p = self.num(plan.settles);
        if plan.moves {
            p = shifted(p, self.num(plan.mediators[mediator].leverage) + self.settling_shift());
        }
        let position = attempt(dispute.base, u64::from(dispute.attempts)) + 1;
        let settled = self.chance(p, dispute.stream, position);
        self.counts.attempts += 1;
        self.disputes[number as usize].attempts += 1;
        self.note(Happening::AttemptEnded { mediator: mediator as u32, settled });
        if settled {
            self.counts.settled += 1;
            self.agree(number);
            self.settle(number);
        } else if dispute.attempts + 1 < plan.attempts {
            self.start_attempt(server, number);
        } else {
            self.give_up(number);
        }
        if !self.is_over {
            self.take_files();
        }
    }

    pub(super) fn give_up(&mut self, number: u32) {
        let plan = self.plan.mediation.as_ref().expect("called from an attempt");
        match plan.unsettled {
            Unsettled::Collapse => self.collapse_now(),
            Unsettled::Escalates => {
                self.disputes[number as usize].attempts = 0;
                self.disputes[number as usize].base += ESCALATED;
                self.escalate(number);
                if !self.is_over {
                    self.files.push(number);
                }
            }
            Unsettled::OpenFile => {
                self.counts.unsettled += 1;
                self.open_files += 1;
                self.note(Happening::FileOpen);
                let suspends = self.disputes[number as usize].answer == Answered::Suspend;
                if suspends || !plan.keeps_hold {
                    self.lift(number);
                }
                self.update_hazard();
            }
        }
    }

    // ---- what a settlement contains ----

    /// Draws what a settlement contains besides lifting the hold, and does it.
    fn agree(&mut self, number: u32) {
        let plan = self.plan;
        let Some(settlement) = plan.mediation.as_ref().and_then(|m| m.settlement.as_ref()) else { return };
        let dispute = self.disputes[number as usize];
        self.agree_extra(settlement, dispute.stream, dispute.base);
        if let Some((p, by)) = settlement.acceleration
            && self.hit(p, dispute.stream, dispute.base + Answer::Acceleration as u64)
        {
            self.bring_forward(by);
        }
        if self.hit(settlement.simultaneous, dispute.stream, dispute.base + Answer::Simultaneous as u64) {
            self.make_simultaneous();
        }
    }

    fn agree_extra(&mut self, settlement: &SettlementPlan, stream: u32, base: u64) {
        let Some((p, after_settlement, tranches)) = &settlement.extra else { return };
        if !self.hit(*p, stream, base + Answer::ExtraRound as u64) {
            return;
        }
        let Some(&extra) = tranches.get(self.counts.extra_rounds as usize) else { return };
        if self.phase == Phase::Limbo || !self.can_advance() {
            return;
        }
        self.counts.extra_rounds += 1;
        self.rounds[extra].is_agreed = true;
        self.rounds[extra].is_next = true;
        self.rounds[extra].due = self.now + after_settlement;
        self.rounds[extra].from = self.now + after_settlement;
        self.promise(extra);
        self.note(Happening::ExtraRound { tranche: extra as u32 });
        self.set_list(extra);
        self.set_grace(extra);
        self.ask(extra);
    }

    fn bring_forward(&mut self, by: i64) {
        let next = (0..self.plan.stated_tranches).find(|t| {
            self.rounds[*t].is_agreed
                && !self.rounds[*t].has_begun
                && self.rounds[*t].due < NEVER
                && self.rounds[*t].due > self.now
        });
        if let Some(tranche) = next {
            self.note(Happening::BroughtForward { tranche: tranche as u32 });
            self.move_due(tranche, (self.rounds[tranche].due - by).max(self.now));
        }
    }

    fn make_simultaneous(&mut self) {
        let mut any = false;
        for (round, plan) in self.rounds.iter_mut().zip(&self.plan.tranches) {
            if !round.has_begun && !plan.leg.iter().any(|leg| leg.absent) && round.legs != Legs::Simultaneous
            {
                round.legs = Legs::Simultaneous;
                any = true;
            }
        }
        if any {
            self.note(Happening::LegsSimultaneous);
        }
    }

    // ---- who is there ----

    /// At midnight each mediator that is not always available comes or stays away for the day; a file under way goes on.
    pub(super) fn mediators_come_and_go(&mut self) {
        let Some(plan) = &self.plan.mediation else { return };
        let day = super::world::day_of(&self.plan.midnights, self.now) as u64;
        let mut changes = false;
        for (index, mediator) in plan.mediators.iter().enumerate() {
            if let Some(p) = mediator.available {
                self.available[index] = self.hit(p, mediator.stream, day);
                changes = true;
            }
        }
        if changes {
            self.take_files();
        }
    }
}

/// Moves an escalated file's draws to positions no other dispute of the same cause uses.
const ESCALATED: u64 = 1 << 44;
