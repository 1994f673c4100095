//! A year of daily statistics, as they would have been computed at noon of each day: from the same lives that
//! make today's figures, one pass over the cases.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Days as CalendarDays, NaiveDate, Utc};
use t5g_model::documents::BugFigures;
use t5g_model::figures::Statistics;
use t5g_model::names::{CaseStatus, Severity};

use super::days::Days;
use crate::world::{CaseState, IN_SPRINT_AFTER, IssueRef, Tick, Visibility, World};

const DAY: i64 = 86_400;

/// The statistics of the `count` days before the day of `now`.
pub(super) fn history(world: &World, now: DateTime<Utc>, count: u32) -> BTreeMap<NaiveDate, Statistics> {
    let today = now.date_naive();
    let Some(first) = today.checked_sub_days(CalendarDays::new(u64::from(count))) else {
        return BTreeMap::new();
    };
    let days = usize::try_from(count).unwrap_or(0);
    let mut counting = Counting {
        world,
        noon: first.and_hms_opt(12, 0, 0).map_or(0, |noon| noon.and_utc().timestamp()),
        days: vec![empty(); days],
        bugs: HashMap::new(),
        issues: HashMap::new(),
    };
    for case in world.cases() {
        counting.case(&case);
    }
    counting.trackers();
    first.iter_days().zip(counting.days).collect()
}

fn empty() -> Statistics {
    Statistics {
        by_customer: BTreeMap::new(),
        by_engineer: BTreeMap::new(),
        by_severity: Severity::KNOWN.into_iter().map(|severity| (severity, 0)).collect(),
        by_status: CaseStatus::KNOWN.into_iter().map(|status| (status, 0)).collect(),
        high_prio: 0,
        escalated: 0,
        open_cases: 0,
        weekly_closed_cases: 0,
        weekly_opened_cases: 0,
        daily_closed_cases: 0,
        daily_opened_cases: 0,
        no_updates: 0,
        no_bzs: 0,
        bugs: BugFigures::default(),
        crit_sit: 0,
        total_escalations: 0,
    }
}

struct Counting<'a> {
    world: &'a World,
    /// Noon of the first day.
    noon: i64,
    days: Vec<Statistics>,
    /// On which days a bug, an issue, was linked to an open case.
    bugs: HashMap<u32, Days>,
    issues: HashMap<IssueRef, Days>,
}

impl Counting<'_> {
    /// The days whose noon lies in a span of time.
    fn span(&self, from: Tick, until: Tick) -> Range<usize> {
        let day = |tick: Tick| {
            let steps = tick.0.saturating_sub(self.noon).div_euclid(DAY)
                + i64::from((tick.0 - self.noon).rem_euclid(DAY) > 0);
            usize::try_from(steps.max(0)).unwrap_or(0).min(self.days.len())
        };
        let from = day(from);
        from..day(until).max(from)
    }

    fn tick(&self, day: usize) -> Tick {
        Tick(self.noon + DAY * i64::try_from(day).unwrap_or(0))
    }

    fn each(&mut self, days: Range<usize>, mut count: impl FnMut(&mut Statistics)) {
        self.days.get_mut(days).into_iter().flatten().for_each(&mut count);
    }

    fn case(&mut self, case: &CaseState) {
        let (born, closed) = (case.life.born, case.life.closed);
        let now = self.world.now().timestamp();
        self.each(self.span(born, born.plus(2 * DAY).min(closed)), |day| day.daily_opened_cases += 1);
        self.each(self.span(born, born.plus(7 * DAY).min(closed)), |day| day.weekly_opened_cases += 1);
        if closed.0 <= now {
            self.each(self.span(closed, closed.plus(2 * DAY)), |day| day.daily_closed_cases += 1);
            self.each(self.span(closed, closed.plus(7 * DAY)), |day| day.weekly_closed_cases += 1);
        }
        let card = self.world.issue(IssueRef::Card(case.life.index));
        let account: Arc<str> = case.account(self.world).into();
        let engineer: Option<Arc<str>> =
            card.as_ref().and_then(|card| Some(card.assignee.as_ref()?.name.as_str().into()));
        let has_card = card.is_some();
        for day in self.span(born, closed) {
            self.open_day(case, day, has_card.then_some((&account, engineer.as_ref())));
        }
        if has_card {
            self.each(self.span(closed, closed.plus(IN_SPRINT_AFTER)), |day| {
                *day.by_status.entry(CaseStatus::Closed).or_default() += 1;
                day.by_customer.entry(account.clone()).or_default();
                if let Some(engineer) = &engineer {
                    day.by_engineer.entry(engineer.clone()).or_default();
                }
            });
        }
    }

    fn open_day(&mut self, case: &CaseState, place: usize, card: Option<(&Arc<str>, Option<&Arc<str>>)>) {
        let tick = self.tick(place);
        let then = &case.life;
        let length = self.days.len();
        let mut linked = false;
        for (member, _) in then.bugs_at(tick) {
            linked = true;
            self.bugs.entry(member).or_insert_with(|| Days::none(length)).add(place);
        }
        for at in then.linked_issues_at(tick) {
            linked = true;
            self.issues.entry(at).or_insert_with(|| Days::none(length)).add(place);
        }
        let escalated =
            case.life.escalated.as_ref().is_some_and(|e| e.from <= tick && tick < e.until && e.labelled);
        let Some(day) = self.days.get_mut(place) else { return };
        day.open_cases += 1;
        day.no_updates += u64::from(tick.since(then.changed_at(tick)) >= 7 * DAY);
        let Some((account, engineer)) = card else { return };
        *day.by_customer.entry(account.clone()).or_default() += 1;
        if let Some(engineer) = engineer {
            *day.by_engineer.entry(engineer.clone()).or_default() += 1;
        }
        let severity = then.severity_at(tick);
        let high = matches!(severity, Severity::Urgent | Severity::High);
        let critical = then.crit_sit_at(tick);
        day.high_prio += u64::from(high);
        day.escalated += u64::from(escalated);
        day.crit_sit += u64::from(critical);
        day.total_escalations += u64::from(escalated || critical);
        day.no_bzs += u64::from(!linked);
        *day.by_severity.entry(severity.clone()).or_default() += 1;
        *day.by_status.entry(then.status_at(tick)).or_default() += 1;
    }

    /// Each bug and issue counts once a day, however many cases link to it.
    fn trackers(&mut self) {
        let bugs = std::mem::take(&mut self.bugs).into_iter().map(|(member, days)| {
            let bug = self.world.bug(member);
            (days, bug.visibility == Visibility::Public && bug.target_release == "---")
        });
        let issues = std::mem::take(&mut self.issues).into_iter().filter_map(|(at, days)| {
            let issue = self.world.issue(at).filter(|issue| issue.readable)?;
            Some((days, issue.fix_versions.first().is_none_or(|version| version.starts_with("---"))))
        });
        let all: Vec<(Days, bool)> = bugs.chain(issues).collect();
        for (place, day) in self.days.iter_mut().enumerate() {
            for (_, no_target) in all.iter().filter(|(days, _)| days.has(place)) {
                day.bugs.unique += 1;
                day.bugs.no_target += u64::from(*no_target);
            }
        }
    }
}
