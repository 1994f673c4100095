//! Bugs in Bugzilla: a pool that cases link to.

use super::prose::{self, Tongue};
use super::{HISTORY, Tick, World};

const DAY: i64 = 86_400;
const FIRST_BUG: u32 = 2_000_001;
const STATUSES: [&str; 6] = ["NEW", "ASSIGNED", "POST", "MODIFIED", "ON_QA", "CLOSED"];
const SEVERITIES: [&str; 5] = ["unspecified", "low", "medium", "high", "urgent"];
const RELEASES: [&str; 6] = ["---", "4.14.z", "4.16.z", "4.18.0", "9.6", "---"];

/// Whether the team's key may read a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Anybody may.
    Public,
    /// It exists, and the key may not.
    Restricted,
    /// The portal lists a number that Bugzilla does not know.
    Unknown,
}

/// A bug at one moment.
#[derive(Debug, Clone)]
pub(crate) struct BugState {
    pub(crate) number: u32,
    pub(crate) visibility: Visibility,
    pub(crate) summary: String,
    pub(crate) status: &'static str,
    pub(crate) created: Tick,
    pub(crate) changed: Tick,
    pub(crate) target_release: &'static str,
    pub(crate) assignee: String,
    pub(crate) qa_contact: String,
    pub(crate) severity: &'static str,
    pub(crate) whiteboard: String,
    pub(crate) product: &'static str,
}

/// The number of the `member`-th bug.
pub(crate) fn bug_number(member: u32) -> u32 {
    FIRST_BUG.saturating_add(member)
}

impl World {
    /// How many bugs there can be links to by now.
    pub(crate) fn pool_size(&self) -> u32 {
        self.population() / 2 + 5
    }

    /// When a member of a pool came to be: before the first case that may link to it.
    pub(super) fn pool_born(&self, purpose: &str, member: u32) -> Tick {
        let mut dice = self.dice(purpose, member);
        match member.checked_sub(5).map(|later| later.saturating_mul(2)) {
            Some(index) if index >= self.initial_cases => self.born(index),
            _ => self.timeline.start().plus(-dice.between(60, HISTORY)),
        }
    }

    /// The bug of that number, if Bugzilla knows it.
    pub(crate) fn bug_of_number(&self, number: u32) -> Option<BugState> {
        let member = number.checked_sub(FIRST_BUG)?;
        (member < self.pool_size())
            .then(|| self.bug(member))
            .filter(|bug| bug.visibility != Visibility::Unknown)
    }

    /// The `member`-th bug of the pool, now.
    pub(crate) fn bug(&self, member: u32) -> BugState {
        self.bug_at(member, self.tick())
    }

    /// The same at another moment.
    pub(crate) fn bug_at(&self, member: u32, at: Tick) -> BugState {
        let created = self.pool_born("bug birth", member);
        let mut dice = self.dice("bug", member);
        let visibility = match dice.below(100) {
            0..8 => Visibility::Restricted,
            8..10 => Visibility::Unknown,
            _ => Visibility::Public,
        };
        let pace = dice.between(2 * DAY, 50 * DAY);
        let (stage, changed) = stage(created, pace, STATUSES.len(), at);
        let person = |dice: &mut crate::dice::Dice| format!("developer{:02}@example.com", dice.below(40));
        BugState {
            number: bug_number(member),
            visibility,
            status: STATUSES.get(stage).copied().unwrap_or_default(),
            created,
            changed,
            target_release: dice.pick(&RELEASES),
            assignee: person(&mut dice),
            qa_contact: person(&mut dice),
            severity: dice.pick(&SEVERITIES),
            whiteboard: dice
                .pick(&["", "", "Telco", "Telco Telco:Case", "shift_telco5g", "nwt, backport"])
                .to_owned(),
            product: dice.pick(&["OpenShift Container Platform", "Red Hat Enterprise Linux 9"]),
            summary: prose::title(&mut dice, Tongue(0)),
        }
    }
}

/// How far something that takes a step every `pace` seconds has come by `now`, and when it took its last step.
pub(super) fn stage(from: Tick, pace: i64, stages: usize, now: Tick) -> (usize, Tick) {
    let steps = (now.since(from).max(0) / pace.max(1)).min(i64::try_from(stages).unwrap_or(1) - 1);
    (usize::try_from(steps).unwrap_or(0), from.plus(steps * pace))
}
