//! The one list of tasks: name, source, words, schedule. CLI, scheduler, monitor and docs derive from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use t5g_model::names::{Role, Source};
use t5g_queue::{MissedTick, Registry, Retry, RunContext, Task, TaskDefinition};

use crate::context::SyncContext;
use crate::refresh::refresh;

/// A task of this room before it meets the configuration.
struct Line {
    name: &'static str,
    source: Source,
    description: &'static str,
    schedule: Option<&'static str>,
    minutes: u64,
}

/// The task behind the button on every page.
pub const REFRESH: &str = "refresh";

/// All reading tasks. The first one of a source is the one that refreshes it by name.
const LINES: &[Line] = &[
    Line {
        name: "case_sync",
        source: Source::Cases,
        description: "Fetch the team's cases from the portal",
        schedule: Some("*/15 * * * *"),
        minutes: 30,
    },
    Line {
        name: "card_sync",
        source: Source::Cards,
        description: "Fetch the cards from Jira and join them with all other documents",
        schedule: Some("21 * * * *"),
        minutes: 30,
    },
    Line {
        name: "details_sync",
        source: Source::Details,
        description: "Fetch details, linked bugs and comments of every open case from the portal",
        schedule: Some("24 0,12 * * *"),
        minutes: 120,
    },
    Line {
        name: "issues_sync",
        source: Source::Issues,
        description: "Fetch the Jira issues that engineering works on for open cases",
        schedule: Some("54 0,12 * * *"),
        minutes: 120,
    },
    Line {
        name: "bugs_sync",
        source: Source::Bugs,
        description: "Fetch the bugs linked to cases from Bugzilla",
        schedule: Some("48 0,12 * * *"),
        minutes: 60,
    },
    Line {
        name: "escalations_sync",
        source: Source::Escalations,
        description: "Fetch the open escalations from Jira",
        schedule: Some("37 */2 * * *"),
        minutes: 30,
    },
    Line {
        name: "cache_stats",
        source: Source::Stats,
        description: "Compute today's statistics and keep them in the history",
        schedule: Some("40 4 * * *"),
        minutes: 10,
    },
    Line {
        name: REFRESH,
        source: Source::Cards,
        description: "Refresh the cards now, for the button on every page",
        schedule: None,
        minutes: 30,
    },
];

/// The queue of all reading tasks.
const QUEUE: &str = "sync";

/// Pauses between tries: from half a minute, at most five tries.
const RETRY: Retry = Retry { attempts: 5, first_pause: Duration::from_secs(30) };

/// The task that refreshes that source.
pub fn task_of(source: Source) -> &'static str {
    // Every source has a line, which a test holds.
    LINES.iter().find(|line| line.source == source).map_or("", |line| line.name)
}

/// The source that a task refreshes; `None` if it is none of this room's tasks.
pub fn source_of(task: &str) -> Option<Source> {
    LINES.iter().find(|line| line.name == task).map(|line| line.source)
}

/// Schedules that differ from the usual ones, by task name; `None`: never by schedule.
pub type Schedules = BTreeMap<String, Option<String>>;

/// What all tasks are that these settings allow, for whoever starts or shows them.
pub fn definitions(schedules: &Schedules, unconfigured: &BTreeSet<Source>) -> Vec<TaskDefinition> {
    let allowed = LINES.iter().filter(|line| !unconfigured.contains(&line.source));
    allowed.map(|line| definition(line, schedules)).collect()
}

/// The same with their work.
pub fn registry(ctx: &Arc<SyncContext>) -> Registry {
    let mut registry = Registry::default();
    for line in LINES.iter().filter(|line| ctx.unconfigured(line.source).is_none()) {
        let limit = Duration::from_mins(line.minutes);
        let task = RefreshSource { ctx: Arc::clone(ctx), source: line.source, limit };
        registry.add(definition(line, &ctx.rules.schedules), Arc::new(task));
    }
    registry
}

fn definition(line: &Line, schedules: &Schedules) -> TaskDefinition {
    let configured = schedules.get(line.name).cloned();
    TaskDefinition {
        name: line.name,
        description: line.description,
        queue: QUEUE,
        schedule: configured.unwrap_or_else(|| line.schedule.map(str::to_owned)),
        retry: RETRY,
        exclusive: Some(line.source.name()),
        // The refresh minds its limit itself, so that the ledger hears of it; this is for one that hangs.
        timeout: Duration::from_mins(line.minutes + 1),
        missed: MissedTick::FireOnce,
        role: Role::Operator,
    }
}

/// A task that refreshes one source.
struct RefreshSource {
    ctx: Arc<SyncContext>,
    source: Source,
    /// How long it may take.
    limit: Duration,
}

#[async_trait]
impl Task for RefreshSource {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        let ctx = self.ctx.under(run.fence.clone());
        refresh(&ctx, self.source, self.limit, run).await
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_source_has_its_task() {
        for source in Source::ALL {
            assert_eq!(source_of(task_of(*source)), Some(*source));
        }
        assert_eq!(task_of(Source::Cards), "card_sync");
    }

    #[test]
    fn the_schedules_next_fire_times() {
        let from = "2026-11-23T11:50:00Z".parse().unwrap();
        let mut shown = String::new();
        for line in LINES {
            let Some(text) = line.schedule else { continue };
            let schedule = t5g_queue::Schedule::parse(text).unwrap();
            let ticks = std::iter::successors(schedule.next_after(from), |tick| schedule.next_after(*tick));
            let ticks: Vec<_> = ticks.take(3).map(|tick| tick.format("%d %H:%M").to_string()).collect();
            writeln!(shown, "{:<17}{}", line.name, ticks.join(", ")).unwrap();
        }
        insta::assert_snapshot!(shown, @"
        case_sync        23 12:00, 23 12:15, 23 12:30
        card_sync        23 12:21, 23 13:21, 23 14:21
        details_sync     23 12:24, 24 00:24, 24 12:24
        issues_sync      23 12:54, 24 00:54, 24 12:54
        bugs_sync        23 12:48, 24 00:48, 24 12:48
        escalations_sync 23 12:37, 23 14:37, 23 16:37
        cache_stats      24 04:40, 25 04:40, 26 04:40
        ");
    }
}
