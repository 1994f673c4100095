//! A case as it stands at one moment.

use chrono::{DateTime, Utc};
use t5g_model::documents::Milestone;
use t5g_model::names::{CaseStatus, Severity};

use super::life::Life;
use super::words::{GROUPS, TITLES};
use super::{IssueRef, Tick, World, case_number, prose};

/// A case at a moment; texts are made when asked for.
#[derive(Debug, Clone)]
pub(crate) struct CaseState {
    pub(crate) life: Life,
    pub(crate) number: String,
    pub(crate) severity: Severity,
    pub(crate) status: CaseStatus,
    pub(crate) changed: Tick,
    at: Tick,
}

/// A comment on the portal.
#[derive(Debug, Clone)]
pub(crate) struct CaseComment {
    pub(crate) id: String,
    pub(crate) by: String,
    pub(crate) body: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) public: bool,
}

/// A watcher of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watcher {
    pub(crate) login: String,
    pub(crate) title: &'static str,
    pub(crate) name: String,
}

impl World {
    /// The `index`-th case at that moment.
    pub(crate) fn case_at(&self, index: u32, at: Tick) -> CaseState {
        let life = self.life(index);
        CaseState {
            number: case_number(index),
            severity: life.severity_at(at).clone(),
            status: life.status_at(at),
            changed: life.changed_at(at),
            at,
            life,
        }
    }
}

impl Life {
    /// How bad it was at that moment.
    pub(crate) fn severity_at(&self, at: Tick) -> &Severity {
        match &self.severity_change {
            Some((when, changed)) if *when <= at => changed,
            _ => &self.severity,
        }
    }

    /// Where it stood at that moment: the other side of who wrote last.
    pub(crate) fn status_at(&self, at: Tick) -> CaseStatus {
        if self.closed <= at {
            return CaseStatus::Closed;
        }
        match self.messages.iter().rev().find(|(when, _)| *when <= at) {
            Some((_, false)) => CaseStatus::WaitingOnCustomer,
            Some((_, true)) | None => CaseStatus::WaitingOnRedHat,
        }
    }

    /// When it last changed before that moment.
    pub(crate) fn changed_at(&self, at: Tick) -> Tick {
        let changed = self.severity_change.as_ref().map(|(when, _)| *when);
        let links = self.bugs.iter().chain(&self.issues).map(|(_, when)| *when);
        let messages = self.messages.iter().map(|(when, _)| *when);
        let escalated = self.escalated.iter().flat_map(|one| [one.from, one.until]);
        let critical = self.crit_sit.iter().flat_map(|(from, until)| [*from, *until]);
        let milestones = [self.relief, self.resolved, Some(self.closed), changed].into_iter().flatten();
        let all = milestones.chain(messages).chain(links).chain(escalated).chain(critical);
        all.filter(|when| *when <= at && *when <= self.closed).fold(self.born, Tick::max)
    }

    /// Whether the account was in a critical situation over it.
    pub(crate) fn crit_sit_at(&self, at: Tick) -> bool {
        at < self.closed && self.crit_sit.is_some_and(|(from, until)| from <= at && at < until)
    }

    /// Bugs linked by then, first linked first.
    pub(crate) fn bugs_at(&self, at: Tick) -> impl Iterator<Item = (u32, Tick)> + '_ {
        self.bugs.iter().copied().filter(move |(_, when)| *when <= at)
    }

    /// The Jira issues that the portal listed by then: engineering's, then an escalation.
    pub(crate) fn linked_issues_at(&self, at: Tick) -> impl Iterator<Item = IssueRef> + '_ {
        let listed = self.escalated.as_ref().is_some_and(|e| e.listed && e.from <= at);
        let engineering = self.issues.iter().filter(move |(_, when)| *when <= at);
        let escalation = listed.then_some(IssueRef::Escalation(self.index));
        engineering.map(|(member, _)| IssueRef::Engineering(*member)).chain(escalation)
    }
}

impl CaseState {
    /// Whether anybody still works on it.
    pub(crate) fn is_open(&self) -> bool {
        self.status.is_open()
    }

    /// The customer's account.
    pub(crate) fn account(&self, world: &World) -> String {
        world.account(self.life.account).0
    }

    /// The customer's account number.
    pub(crate) fn account_number(&self) -> String {
        format!("{}", 1_000_000 + self.life.account)
    }

    /// Who owns the case at the portal.
    pub(crate) fn owner(&self, world: &World) -> String {
        let mut dice = world.dice("owner", self.life.index);
        world.engineer(u32::try_from(dice.below(u64::from(world.team_size()))).unwrap_or(0)).name
    }

    /// The summary.
    pub(crate) fn problem(&self, world: &World) -> String {
        prose::title(&mut world.dice("problem", self.life.index), self.life.tongue)
    }

    /// What the customer wrote.
    pub(crate) fn description(&self, world: &World) -> String {
        prose::paragraphs(&mut world.dice("description", self.life.index), self.life.tongue, 4)
    }

    /// When it was closed, if it is.
    pub(crate) fn closed(&self) -> Option<Tick> {
        (!self.is_open()).then_some(self.life.closed)
    }

    /// Linked bugs so far, first linked first.
    pub(crate) fn bugs(&self) -> impl Iterator<Item = (u32, Tick)> + '_ {
        self.life.bugs_at(self.at)
    }

    /// The Jira issues that the portal lists so far.
    pub(crate) fn linked_issues(&self) -> impl Iterator<Item = IssueRef> + '_ {
        self.life.linked_issues_at(self.at)
    }

    /// Whether the account is in a critical situation over it.
    pub(crate) fn crit_sit(&self) -> bool {
        self.life.crit_sit_at(self.at)
    }

    /// The customer's case group.
    pub(crate) fn group(&self, world: &World) -> Option<&'static str> {
        let mut dice = world.dice("group", self.life.index);
        dice.permille(500).then(|| dice.pick(GROUPS))
    }

    /// Who watches it, before anybody changed that.
    pub(crate) fn watchers(&self, world: &World) -> Vec<Watcher> {
        let mut dice = world.dice("watchers", self.life.index);
        let first = u32::try_from(dice.below(u64::from(world.team_size()))).unwrap_or(0);
        let count = u32::try_from(dice.below(4)).unwrap_or(0);
        (first..first + count)
            .map(|index| {
                let person = world.engineer(index % world.team_size());
                Watcher { login: person.login, title: dice.pick(TITLES), name: person.name }
            })
            .collect()
    }

    /// When the customer got relief, in the portal's two ways of telling.
    pub(crate) fn relief(&self, world: &World) -> Option<Milestone> {
        self.milestone(world, self.life.relief)
    }

    /// When it was resolved, in the portal's two ways of telling.
    pub(crate) fn resolved(&self, world: &World) -> Option<Milestone> {
        self.milestone(world, self.life.resolved)
    }

    fn milestone(&self, world: &World, tick: Option<Tick>) -> Option<Milestone> {
        let at = world.shown(tick.filter(|tick| *tick <= self.at)?);
        Some(if self.life.in_millis {
            Milestone::Millis(at.timestamp_millis())
        } else {
            Milestone::Text(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        })
    }

    /// The portal's comments so far, oldest first.
    pub(crate) fn comments(&self, world: &World) -> Vec<CaseComment> {
        let written = self.life.messages.iter().enumerate().filter(|(_, (when, _))| *when <= self.at);
        written
            .map(|(at, (when, by_customer))| {
                let place = self.life.index.wrapping_mul(16).wrapping_add(u32::try_from(at).unwrap_or(0));
                let mut dice = world.dice("case comment", place);
                let by = if *by_customer { "Customer Contact".to_owned() } else { self.owner(world) };
                CaseComment {
                    id: format!("a0aK{place:012}"),
                    by,
                    public: *by_customer || !dice.permille(200),
                    body: prose::paragraphs(&mut dice, self.life.tongue, 3),
                    at: world.shown(*when),
                }
            })
            .collect()
    }
}
