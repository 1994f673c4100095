//! `t5g schedule`: the tasks and when they start, in the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};
use t5g_queue::{Asker, Catalog, Launcher, MissedTick, RunState, TaskView};
use t5g_store::ledger::{Action, Ledger};

use super::{Outcome, jobs};
use crate::cli::Global;
use crate::progress::Watcher;
use crate::remote::ServerArgs;
use crate::{audit, console, process};

/// Show when tasks start by themselves; start one now; pause a schedule
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g schedule list\n  t5g schedule run card_sync --wait")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List all tasks, their schedules, and how they went
    #[command(after_help = "Example:\n  t5g schedule list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Print the reference page of all tasks, in Markdown
    #[command(after_help = "Example:\n  t5g schedule docs > tasks.md")]
    Docs,
    /// Start a task now; workers do it
    #[command(after_help = "Examples:\n  t5g schedule run card_sync --wait\n  \
                      t5g schedule run case_sync --arguments '{\"full\": true}'")]
    Run {
        /// The task
        task: String,
        /// What it is started with, as JSON; fetching tasks take {"full": true}, to fetch everything
        #[arg(long, value_name = "JSON", value_parser = read_json)]
        arguments: Option<Value>,
        /// Wait for its end and tell how far it is; ends with 1 if it fails
        #[arg(long)]
        wait: bool,
    },
    /// Let a task's schedule rest
    #[command(after_help = "Example:\n  t5g schedule pause card_sync")]
    Pause {
        /// The task
        task: String,
    },
    /// Take a schedule up again, from its next tick on
    #[command(after_help = "Example:\n  t5g schedule resume card_sync")]
    Resume {
        /// The task
        task: String,
    },
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    if matches!(args.what, What::Docs) {
        console::print(&reference()?)?;
        return Ok(Outcome::Done);
    }
    if let What::List { json, server } = &args.what
        && server.is_given()
    {
        return jobs::on_server(global, server, async |remote| {
            let tasks: Vec<served::Task> = remote.json("/api/monitor/tasks", &[]).await?;
            print_list(&tasks.into_iter().map(Line::from).collect::<Vec<_>>(), *json)
        });
    }
    jobs::with_launcher(global, async move |launcher, ledger| match args.what {
        What::List { json, .. } => list(&launcher, json).await,
        What::Docs => Ok(Outcome::Done),
        What::Run { task, arguments, wait } => {
            start(&launcher, &ledger, &task, arguments.unwrap_or_default(), wait).await
        }
        What::Pause { task } => {
            launcher.expect_task(&task)?;
            let entry = audit::entry(Action::ScheduleChange, &task, json!({ "paused": true }));
            let who = process::person();
            let changed = audit::noted(&ledger, &entry, launcher.pause_schedule(&task, &who)).await?;
            let how = if changed { "rests" } else { "was paused already" };
            console::complain(&format!("the schedule of {task} {how}"));
            Ok(Outcome::Done)
        }
        What::Resume { task } => {
            launcher.expect_task(&task)?;
            let entry = audit::entry(Action::ScheduleChange, &task, json!({ "paused": false }));
            let changed = audit::noted(&ledger, &entry, launcher.resume_schedule(&task)).await?;
            let how = if changed { "goes on with its next tick" } else { "was not paused" };
            console::complain(&format!("the schedule of {task} {how}"));
            Ok(Outcome::Done)
        }
    })
}

/// Every task that this version knows, as it is where nothing is set.
fn reference() -> Result<String> {
    let all = t5g_sync::WriteRules {
        read_only: false,
        project: Some("any".to_owned()),
        tags: true,
        ..t5g_sync::WriteRules::default()
    };
    let catalog = Catalog::new(t5g_sync::definitions(&BTreeMap::new(), &BTreeSet::new(), &all))?;
    let mut page = include_str!("schedule_docs.md").to_owned();
    for listed in catalog.iter() {
        let task = &listed.definition;
        let schedule = task.schedule.as_ref().zip(listed.schedule.as_ref()).map_or_else(
            || "on demand".to_owned(),
            |(text, schedule)| format!("`{text}` ({})", schedule.describe()),
        );
        let missed = match task.missed {
            MissedTick::FireOnce => "made good once",
            MissedTick::Skip => "forgotten",
        };
        let minutes = task.timeout.as_secs() / 60;
        let alone = task.exclusive.map_or_else(String::new, |name| format!("`{name}`"));
        writeln!(
            page,
            "| `{}` | {} | {schedule} | {missed} | {alone} | {} | {minutes} min | {} | {} |",
            task.name, task.description, task.retry.attempts, task.role, task.queue
        )?;
    }
    Ok(page)
}

/// A task for programs.
#[derive(Serialize)]
struct Line {
    task: String,
    description: String,
    queue: String,
    schedule: Option<String>,
    in_words: Option<String>,
    next: Option<DateTime<Utc>>,
    last_tick: Option<DateTime<Utc>>,
    paused_since: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    last_success: Option<DateTime<Utc>>,
    running: u64,
    waiting: u64,
    #[serde(skip)]
    last: Option<(Option<DateTime<Utc>>, RunState)>,
    #[serde(skip)]
    now: Option<RunState>,
}

impl Line {
    fn of(view: TaskView) -> Self {
        let (paused_since, paused_by) = view.paused.unzip();
        Self {
            last: view.last.map(|run| (run.finished, run.state)),
            now: view.current.map(|run| run.state),
            task: view.definition.name.to_owned(),
            description: view.definition.description.to_owned(),
            queue: view.definition.queue.to_owned(),
            schedule: view.definition.schedule,
            in_words: view.words,
            next: view.next,
            last_tick: view.last_tick,
            paused_since,
            paused_by,
            last_success: view.figures.last_success,
            running: view.figures.running,
            waiting: view.figures.waiting,
        }
    }
}

async fn list(launcher: &Launcher, json: bool) -> Result<Outcome> {
    let tasks = launcher.tasks().await?;
    print_list(&tasks.into_iter().map(Line::of).collect::<Vec<_>>(), json)
}

fn print_list(lines: &[Line], json: bool) -> Result<Outcome> {
    if json {
        console::print_json(&lines)?;
        return Ok(Outcome::Done);
    }
    let head = ["TASK", "SCHEDULE (UTC)", "NEXT", "LAST END", "", ""].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(lines.iter().map(row)).collect();
    console::print(&console::table(&rows))?;
    Ok(Outcome::Done)
}

fn row(line: &Line) -> [String; 6] {
    let time = |at: DateTime<Utc>| at.format("%m-%d %H:%M").to_string();
    let next = match (line.paused_since, &line.paused_by) {
        (Some(at), Some(by)) => format!("paused {} by {by}", time(at)),
        _ => line.next.map(time).unwrap_or_default(),
    };
    let (ended, state) = line.last.unzip();
    [
        line.task.clone(),
        line.schedule.clone().unwrap_or_else(|| "on demand".to_owned()),
        next,
        ended.flatten().map(time).unwrap_or_default(),
        state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        line.now.map(|state| format!("now {}", state.as_str())).unwrap_or_default(),
    ]
}

/// A task as a dashboard's API tells of it.
mod served {
    use chrono::{DateTime, Utc};
    use serde::Deserialize;
    use t5g_queue::RunView;

    use super::Line;

    #[derive(Deserialize)]
    pub(super) struct Task {
        name: String,
        description: String,
        queue: String,
        schedule: Option<Schedule>,
        waiting: u64,
        running: u64,
        last_success: Option<DateTime<Utc>>,
        current: Option<RunView>,
        last: Option<RunView>,
    }

    #[derive(Deserialize)]
    struct Schedule {
        cron: String,
        words: Option<String>,
        next: Option<DateTime<Utc>>,
        last_tick: Option<DateTime<Utc>>,
        paused: Option<Paused>,
    }

    #[derive(Deserialize)]
    struct Paused {
        since: DateTime<Utc>,
        by: String,
    }

    impl From<Task> for Line {
        fn from(task: Task) -> Self {
            let schedule = task.schedule.as_ref();
            let paused = schedule.and_then(|schedule| schedule.paused.as_ref());
            Self {
                schedule: schedule.map(|schedule| schedule.cron.clone()),
                in_words: schedule.and_then(|schedule| schedule.words.clone()),
                next: schedule.and_then(|schedule| schedule.next),
                last_tick: schedule.and_then(|schedule| schedule.last_tick),
                paused_since: paused.map(|paused| paused.since),
                paused_by: paused.map(|paused| paused.by.clone()),
                last_success: task.last_success,
                running: task.running,
                waiting: task.waiting,
                last: task.last.map(|run| (run.finished, run.state)),
                now: task.current.map(|run| run.state),
                task: task.name,
                description: task.description,
                queue: task.queue,
            }
        }
    }
}

fn read_json(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

async fn start(
    launcher: &Launcher,
    ledger: &Ledger,
    task: &str,
    arguments: Value,
    wait: bool,
) -> Result<Outcome> {
    launcher.expect_task(task)?;
    let entry = audit::entry(Action::JobRun, task, json!({ "arguments": arguments }));
    let asker = Asker::person(process::person());
    let started = audit::noted(ledger, &entry, launcher.start(task, arguments, &asker)).await?;
    let how = if started.joined { "was asked for already" } else { "is asked for" };
    console::complain(&format!("run {} of {task} {how}", started.run));
    let silent_before = launcher.silent_before();
    let workers = launcher.workers().await?;
    if !workers.iter().any(|worker| worker.slots > 0 && worker.seen >= silent_before) {
        console::complain("no worker is alive: it waits until t5g up or t5g worker runs on this ledger");
    }
    if !wait {
        return Ok(Outcome::Done);
    }
    let watcher = Watcher::new(launcher.clone());
    watcher.follow(task, started.run);
    let ended = launcher.wait(started.run).await?;
    watcher.finish().await;
    let Some(ended) = ended else { return Ok(Outcome::Failed) };
    if let Some(error) = &ended.error {
        console::complain(error);
    }
    console::complain(&format!("{task}: {}", ended.state.as_str()));
    Ok(if ended.state == RunState::Done { Outcome::Done } else { Outcome::Failed })
}
