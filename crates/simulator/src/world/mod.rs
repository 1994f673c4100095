//! The made-up world: who and what there is, as a pure function of seed, size, start and hours lived.
//!
//! Nothing is kept per case: a case's whole life, future included, follows from its index, so a world of
//! 100,000 cases costs no memory, and a day lived at once equals 24 hours lived one by one.

mod bug;
mod card;
mod case;
mod engineering;
mod escalation;
mod issue;
mod life;
mod noise;
mod people;
mod prose;
mod time;
mod words;

pub(crate) use bug::{BugState, Visibility, bug_number};
pub(crate) use card::{IN_SPRINT_AFTER, LABEL as CARD_LABEL};
pub(crate) use case::CaseState;
pub(crate) use escalation::LABEL as ESCALATION_LABEL;
pub(crate) use issue::{IssueComment, IssueRef, JiraIssue, Project, RichText};
pub(crate) use people::Engineer;
pub(crate) use prose::escape;
pub(crate) use time::Tick;

use chrono::{DateTime, Utc};

use self::time::Timeline;
use crate::settings::{TimeKeeping, WorldSettings};

/// How far back the first case was opened, in seconds.
const HISTORY: i64 = 400 * 86_400;
const HOUR: i64 = 3600;
/// The first case's number.
const FIRST_NUMBER: u32 = 4_000_001;

/// A world at one moment of its life.
#[derive(Debug, Clone)]
pub struct World {
    seed: u64,
    initial_cases: u32,
    auto_cards: bool,
    timeline: Timeline,
}

impl World {
    /// The world of these settings, at its start.
    pub fn new(settings: &WorldSettings, time: TimeKeeping) -> Self {
        Self {
            seed: settings.seed,
            initial_cases: settings.cases,
            auto_cards: settings.auto_cards,
            timeline: Timeline::new(settings.start, time),
        }
    }

    /// The time in this world: what it was moved to, or the real time.
    pub fn now(&self) -> DateTime<Utc> {
        self.timeline.now()
    }

    /// Lets the world live through `hours`; returns how many cases were opened meanwhile.
    pub fn advance(&mut self, hours: u32) -> u32 {
        let before = self.population();
        self.timeline.advance(hours);
        self.population() - before
    }

    /// Hours lived since the start.
    pub fn hours_lived(&self) -> u32 {
        self.timeline.hours()
    }

    /// Cases opened so far.
    pub fn population(&self) -> u32 {
        let born = u64::from(self.births_per_day()) * u64::from(self.timeline.hours()) / 24;
        self.initial_cases.saturating_add(u32::try_from(born).unwrap_or(u32::MAX))
    }

    /// A hundredth of the first cases a day, so that sizes keep their proportion; some even in the smallest world.
    fn births_per_day(&self) -> u32 {
        (self.initial_cases / 100).max(3)
    }

    /// When the `index`-th case is opened.
    fn born(&self, index: u32) -> Tick {
        let start = self.timeline.start();
        let Some(later) = index.checked_sub(self.initial_cases) else {
            // Denser towards the start: a team's recent past is what it sees. Only exactly rounded operations.
            let rank = f64::from(self.initial_cases - 1 - index) + 0.5;
            let share = rank / f64::from(self.initial_cases);
            #[expect(clippy::cast_possible_truncation, reason = "at most HISTORY seconds")]
            let age = (HISTORY as f64 * share * share.sqrt()) as i64;
            return Tick(start.0 - age - 60);
        };
        let hour = (24 * (u64::from(later) + 1)).div_ceil(u64::from(self.births_per_day()));
        let hour = i64::try_from(hour).unwrap_or(i64::MAX / HOUR);
        start.plus(hour * HOUR - self.dice("birth", index).between(1, HOUR - 1))
    }

    fn dice(&self, purpose: &str, index: u32) -> crate::dice::Dice {
        crate::dice::Dice::of(self.seed, purpose, u64::from(index))
    }

    fn tick(&self) -> Tick {
        self.timeline.tick()
    }

    /// The date that the outside sees for a moment of this world.
    pub(crate) fn shown(&self, tick: Tick) -> DateTime<Utc> {
        self.timeline.shown(tick)
    }

    /// All cases opened so far, oldest first.
    pub(crate) fn cases(&self) -> impl Iterator<Item = CaseState> + '_ {
        (0..self.population()).map(|index| self.case_at(index, self.tick()))
    }

    /// The case of that number, if it is opened already.
    pub(crate) fn case(&self, number: &str) -> Option<CaseState> {
        self.index_of(number).map(|index| self.case_at(index, self.tick()))
    }

    /// The case of that index.
    pub(crate) fn case_of(&self, index: u32) -> CaseState {
        self.case_at(index, self.tick())
    }

    /// The index of the case of that number.
    pub(crate) fn index_of(&self, number: &str) -> Option<u32> {
        if number.len() != 8 {
            return None;
        }
        let index = number.parse::<u32>().ok()?.checked_sub(FIRST_NUMBER)?;
        (index < self.population()).then_some(index)
    }
}

/// The number of the `index`-th case: 8 digits.
pub(crate) fn case_number(index: u32) -> String {
    format!("{:08}", FIRST_NUMBER.saturating_add(index))
}
