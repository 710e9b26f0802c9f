//! People who came in another round than they were promised in, as the known past tells it. How many are promised does not change:
//! who came early is taken out of where he was promised, and who did not come in a round that is over stays owed, and goes with those
//! he was swapped with, else with the next round of his side.

use std::collections::BTreeMap;

use super::Resolver;
use super::legs::owed_by;
use crate::model::plan::*;

/// People of a cohort in a tranche.
type Place = (usize, usize);

/// A move of people between places, before places have items.
enum Move {
    Early(Place, u32),
    Carried(Place, Place, u32),
    Owed(usize, u32),
}

/// What is promised one by one, and what of it came.
struct Record<'p> {
    plan: &'p Plan,
    promised: BTreeMap<Place, u32>,
    came: BTreeMap<Place, u32>,
    /// Legs that are over: tranche and side.
    over: Vec<(usize, Side)>,
    /// By side, people who came besides the tranches.
    besides: [u32; 2],
}

impl Resolver<'_> {
    /// What the known past moves between the promises of the plan. Adds the slots that people who are carried over need.
    pub(super) fn carry_promises(&mut self, plan: &mut Plan) {
        let Some(history) = &plan.history else { return };
        let moves = Record::of(plan, &self.items, &history.facts).moves();
        for to in moves.iter().filter_map(|m| if let Move::Carried(_, to, _) = m { Some(*to) } else { None })
        {
            self.make_room(plan, to);
        }
        let item = |(tranche, cohort): Place| {
            let mut items = plan.tranches[tranche].leg[plan.cohorts[cohort].side].items.range();
            items.find(|item| self.items[*item].cohort == cohort)
        };
        let moved = moves.into_iter().filter_map(|m| {
            Some(match m {
                Move::Early(place, people) => MovedPlan::Early { item: item(place)?, people },
                Move::Carried(from, to, people) => {
                    MovedPlan::Carried { from: item(from)?, to: item(to)?, people }
                }
                Move::Owed(cohort, people) => MovedPlan::Owed { side: plan.cohorts[cohort].side, people },
            })
        });
        let moved: Vec<MovedPlan> = moved.collect();
        if let Some(history) = &mut plan.history {
            history.moved = moved;
        }
    }

    /// A slot for a cohort on its leg of a tranche, and on the other leg slots for whom its release obliges to.
    fn make_room(&mut self, plan: &mut Plan, (tranche, cohort): Place) {
        self.widen(plan, tranche, plan.cohorts[cohort].side, &[cohort]);
        if plan.cohorts[cohort].side == CAPTIVES {
            let owed = owed_by(cohort, &plan.cohorts, &plan.bundles);
            self.widen(plan, tranche, PRISONERS, &owed);
        }
    }

    fn widen(&mut self, plan: &mut Plan, tranche: usize, side: Side, cohorts: &[usize]) {
        let items = plan.tranches[tranche].leg[side].items.range();
        let mut people: Vec<(usize, u32)> =
            items.map(|item| (self.items[item].cohort, self.items[item].people)).collect();
        let had = people.len();
        for cohort in cohorts {
            if people.iter().all(|(c, _)| c != cohort) {
                people.push((*cohort, 0));
            }
        }
        if people.len() > had {
            plan.tranches[tranche].leg[side] = self.leg(side, &people, &plan.parties, &plan.cohorts);
        }
    }
}

impl<'p> Record<'p> {
    fn of(plan: &'p Plan, items: &[ItemPlan], facts: &[FactPlan]) -> Record<'p> {
        let (promised, came) = (BTreeMap::new(), BTreeMap::new());
        let mut record = Record { plan, promised, came, over: Vec::new(), besides: [0; 2] };
        for (tranche, of) in plan.tranches[..plan.stated_tranches].iter().enumerate() {
            for item in of.leg.iter().flat_map(|leg| leg.items.range()).map(|item| items[item]) {
                if record.is_stated(tranche, item.cohort) {
                    record.promised.insert((tranche, item.cohort), item.people);
                }
            }
        }
        for fact in facts {
            let Fact::Released { tranche, side, people, completes, .. } = &fact.what else { continue };
            let Some(tranche) = tranche else {
                record.besides[*side] += people.iter().map(|(_, n)| n).sum::<u32>();
                continue;
            };
            for (cohort, n) in people {
                *record.came.entry((*tranche, *cohort)).or_default() += n;
            }
            if *completes {
                record.over.push((*tranche, *side));
            }
        }
        record
    }

    /// Whether people of a cohort are stated one by one in a tranche: not found by a rule, nor owed by the key.
    fn is_stated(&self, tranche: usize, cohort: usize) -> bool {
        let plan = self.plan;
        let keys = plan.cohorts.iter().flat_map(|c| c.key.iter().chain(&c.remains_key)).map(|key| key.owed);
        let bundles = plan.bundles.iter().flat_map(|b| &b.release).map(|(owed, _)| *owed);
        match plan.cohorts[cohort].side {
            CAPTIVES => matches!(plan.tranches[tranche].fill, Fill::Stated),
            _ => keys.chain(bundles).all(|owed| owed != cohort),
        }
    }

    fn is_over(&self, tranche: usize, side: Side) -> bool {
        self.over.contains(&(tranche, side))
    }

    fn promised(&self, place: Place) -> u32 {
        self.promised.get(&place).copied().unwrap_or(0)
    }

    fn came(&self, place: Place) -> u32 {
        self.came.get(&place).copied().unwrap_or(0)
    }

    fn moves(&self) -> Vec<Move> {
        [CAPTIVES, PRISONERS].into_iter().flat_map(|side| self.of_side(side)).collect()
    }

    fn of_side(&self, side: Side) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut room = vec![0; self.plan.stated_tranches];
        let mut owed: Vec<(Place, u32)> = Vec::new();
        let mut instead = self.besides[side];
        for cohort in (0..self.plan.cohorts.len()).filter(|c| self.plan.cohorts[*c].side == side) {
            let (early, short) = self.balance(cohort);
            instead += self.take_early(cohort, early, &mut room, &mut moves);
            owed.extend(short);
        }
        for (from, people) in owed {
            // Who came and was promised nowhere stands for one who was promised and did not come.
            let stood_for = people.min(instead);
            instead -= stood_for;
            self.carry(from, people - stood_for, &mut room, &mut moves);
        }
        moves
    }

    /// How many of a cohort came beyond what was promised where they came, and who did not come in rounds that are over; what both
    /// have in common is done with.
    fn balance(&self, cohort: usize) -> (u32, Vec<(Place, u32)>) {
        let places = (0..self.plan.stated_tranches).map(|tranche| (tranche, cohort));
        let stated = places.filter(|(tranche, _)| self.is_stated(*tranche, cohort));
        let (mut early, mut short) = (0_u32, Vec::new());
        for place in stated {
            let (promised, came) = (self.promised(place), self.came(place));
            early = early.saturating_add(came.saturating_sub(promised));
            if promised > came && self.is_over(place.0, self.plan.cohorts[cohort].side) {
                short.push((place, promised - came));
            }
        }
        for (_, people) in &mut short {
            let done = early.min(*people);
            early -= done;
            *people -= done;
        }
        short.retain(|(_, people)| *people > 0);
        (early, short)
    }

    /// Takes those who came early out of the next rounds that promise them. How many of them are promised nowhere.
    fn take_early(&self, cohort: usize, mut early: u32, room: &mut [u32], moves: &mut Vec<Move>) -> u32 {
        for tranche in self.to_come(self.plan.cohorts[cohort].side) {
            let place = (tranche, cohort);
            let people = early.min(self.promised(place).saturating_sub(self.came(place)));
            if people > 0 {
                early -= people;
                room[tranche] += people;
                moves.push(Move::Early(place, people));
            }
        }
        early
    }

    /// Puts people who did not come where others were taken out, else on the next round; where none is left they stay owed. Where
    /// that round takes "the rest", they are among them.
    fn carry(&self, from: Place, mut people: u32, room: &mut [u32], moves: &mut Vec<Move>) {
        let (cohort, side) = (from.1, self.plan.cohorts[from.1].side);
        let is_in_the_agreement = |t: &usize| self.plan.tranches[*t].extension.is_none();
        let next: Vec<usize> = self.to_come(side).filter(is_in_the_agreement).collect();
        let stated = |t: &&usize| self.is_stated(**t, cohort);
        for tranche in next.iter().filter(stated) {
            let with_them = people.min(room[*tranche]);
            if with_them > 0 {
                room[*tranche] -= with_them;
                people -= with_them;
                moves.push(Move::Carried(from, (*tranche, cohort), with_them));
            }
        }
        let is_rest = |t: &usize| side == CAPTIVES && matches!(self.plan.tranches[*t].fill, Fill::Rest);
        match next.iter().find(|t| is_rest(t) || stated(t)) {
            _ if people == 0 => {}
            Some(tranche) if is_rest(tranche) => {}
            Some(tranche) => moves.push(Move::Carried(from, (*tranche, cohort), people)),
            None => moves.push(Move::Owed(cohort, people)),
        }
    }

    /// Tranches whose leg of a side is still to come, in order.
    fn to_come(&self, side: Side) -> impl Iterator<Item = usize> + use<'_, 'p> {
        let tranches = 0..self.plan.stated_tranches;
        tranches.filter(move |t| !self.plan.tranches[*t].leg[side].absent && !self.is_over(*t, side))
    }
}
