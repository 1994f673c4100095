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
use crate::write_rules::WriteRules;
use crate::writing::{Write, WriteTask};

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

/// A task that writes before it meets the configuration.
struct WriteLine {
    task: WriteTask,
    description: &'static str,
    schedule: Option<&'static str>,
    attempts: u32,
    minutes: u64,
    role: Role,
}

/// All writing tasks. Each works under a lock of its own name.
const WRITE_LINES: &[WriteLine] = &[
    WriteLine {
        task: WriteTask::Cards,
        description: "Make cards for new cases, or open earlier ones again, and tell people",
        schedule: Some("10 * * * *"),
        attempts: 5,
        minutes: 120,
        role: Role::Operator,
    },
    WriteLine {
        task: WriteTask::Priorities,
        description: "Give cards the priority of their case's severity",
        schedule: Some("12 3 * * *"),
        attempts: 5,
        minutes: 60,
        role: Role::Operator,
    },
    WriteLine {
        task: WriteTask::Tags,
        description: "Tag bugs and issues that are linked to cases",
        schedule: Some("33 0 * * *"),
        attempts: 3,
        minutes: 60,
        role: Role::Operator,
    },
    WriteLine {
        task: WriteTask::Watchers,
        description: "Add watchers to cases on the portal, or take them away",
        schedule: None,
        attempts: 3,
        minutes: 60,
        role: Role::Operator,
    },
    WriteLine {
        task: WriteTask::Undo,
        description: "Take back what a step of a plan wrote",
        schedule: None,
        attempts: 3,
        minutes: 30,
        role: Role::Operator,
    },
];

/// The queue of all reading tasks.
const QUEUE: &str = "sync";
/// The queue of all writing tasks.
const WRITE_QUEUE: &str = "write";

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
pub fn definitions(
    schedules: &Schedules,
    unconfigured: &BTreeSet<Source>,
    writing: &WriteRules,
) -> Vec<TaskDefinition> {
    let reading = LINES.iter().filter(|line| !unconfigured.contains(&line.source));
    let reading = reading.map(|line| definition(line, schedules));
    let writing = WRITE_LINES.iter().filter(|line| line.task.unconfigured(writing).is_none());
    reading.chain(writing.map(|line| write_definition(line, schedules))).collect()
}

/// The same with their work.
pub fn registry(ctx: &Arc<SyncContext>) -> Registry {
    let mut registry = Registry::default();
    for line in LINES.iter().filter(|line| ctx.unconfigured(line.source).is_none()) {
        let limit = Duration::from_mins(line.minutes);
        let task = RefreshSource { ctx: Arc::clone(ctx), source: line.source, limit };
        registry.add(definition(line, &ctx.rules.schedules), Arc::new(task));
    }
    for line in WRITE_LINES.iter().filter(|line| line.task.unconfigured(&ctx.writing).is_none()) {
        add_writing(&mut registry, ctx, line);
    }
    registry
}

/// The writing tasks with their work whatever the settings allow, to prove that nothing gets past the clients' gate.
pub fn registry_of_writing(ctx: &Arc<SyncContext>) -> Registry {
    let mut registry = Registry::default();
    for line in WRITE_LINES {
        add_writing(&mut registry, ctx, line);
    }
    registry
}

fn add_writing(registry: &mut Registry, ctx: &Arc<SyncContext>, line: &WriteLine) {
    let task = Write { ctx: Arc::clone(ctx), task: line.task };
    registry.add(write_definition(line, &ctx.rules.schedules), Arc::new(task));
}

fn write_definition(line: &WriteLine, schedules: &Schedules) -> TaskDefinition {
    let configured = schedules.get(line.task.name()).cloned();
    TaskDefinition {
        name: line.task.name(),
        description: line.description,
        queue: WRITE_QUEUE,
        schedule: configured.unwrap_or_else(|| line.schedule.map(str::to_owned)),
        retry: Retry { attempts: line.attempts, ..RETRY },
        exclusive: Some(line.task.name()),
        timeout: Duration::from_mins(line.minutes),
        missed: MissedTick::FireOnce,
        role: line.role,
    }
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
        let reading = LINES.iter().map(|line| (line.name, line.schedule));
        let writing = WRITE_LINES.iter().map(|line| (line.task.name(), line.schedule));
        for (name, text) in reading.chain(writing) {
            let Some(text) = text else { continue };
            let schedule = t5g_queue::Schedule::parse(text).unwrap();
            let ticks = std::iter::successors(schedule.next_after(from), |tick| schedule.next_after(*tick));
            let ticks: Vec<_> = ticks.take(3).map(|tick| tick.format("%d %H:%M").to_string()).collect();
            writeln!(shown, "{:<17}{}", name, ticks.join(", ")).unwrap();
        }
        insta::assert_snapshot!(shown, @"
        case_sync        23 12:00, 23 12:15, 23 12:30
        card_sync        23 12:21, 23 13:21, 23 14:21
        details_sync     23 12:24, 24 00:24, 24 12:24
        issues_sync      23 12:54, 24 00:54, 24 12:54
        bugs_sync        23 12:48, 24 00:48, 24 12:48
        escalations_sync 23 12:37, 23 14:37, 23 16:37
        cache_stats      24 04:40, 25 04:40, 26 04:40
        portal2jira_sync 23 12:10, 23 13:10, 23 14:10
        priority_sync    24 03:12, 25 03:12, 26 03:12
        tag_bz           24 00:33, 25 00:33, 26 00:33
        ");
    }
}
