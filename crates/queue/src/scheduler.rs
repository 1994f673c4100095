//! Starts tasks when their time has come. Sleeps in between; wakes now and then to notice a clock that jumped.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::engine::Shared;
use crate::launcher::Launcher;
use crate::run::Origin;
use crate::schedule::Timetable;

/// The longest sleep: how late a jump of the wall clock may be noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// The timetable from now on, and the tasks whose tick was missed.
pub(crate) fn prepare(
    shared: &Arc<Shared>,
    last_success: impl Fn(&str) -> Option<DateTime<Utc>>,
) -> (Timetable, Vec<&'static str>) {
    let now = shared.now();
    let lines = shared.schedules.iter().filter_map(|(name, schedule)| {
        shared.registry.get(name).map(|entry| (&entry.definition, schedule.clone()))
    });
    let table = Timetable::new(lines, now);
    let missed = table.missed(last_success, now);
    (table, missed)
}

/// Fires until the engine stops.
pub(crate) async fn run(launcher: Launcher, mut table: Timetable, missed: Vec<&'static str>) {
    fire(&launcher, missed);
    let shared = &launcher.0;
    loop {
        let until = table.next().map(|next| (next - shared.now()).to_std().unwrap_or_default());
        let sleep = tokio::time::sleep(until.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
        tokio::select! {
            () = sleep => fire(&launcher, table.due(shared.now())),
            () = shared.stopping.cancelled() => return,
        }
    }
}

fn fire(launcher: &Launcher, tasks: Vec<&'static str>) {
    for task in tasks {
        match launcher.start(task, Value::Null, Origin::Schedule) {
            Ok(started) => tracing::debug!(task, run = started.run_id, joined = started.joined, "fired"),
            Err(error) => tracing::error!(task, %error, "a tick started nothing"),
        }
    }
}
