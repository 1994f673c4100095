//! What callers do to background work. Each deed is held against the task's own role, noted, then done; a conflict
//! comes back with its explanation.

use serde_json::{Value, json};
use t5g_model::names::Role;
use t5g_queue::{ActError, Asker, Catalog, Origin, RunId, RunState, StartError, Started, TaskDefinition};
use t5g_store::ledger::Action;

use crate::access::{Access, Caller, audit};
use crate::app::AppState;
use crate::error::AppError;

/// The largest arguments of a run, in bytes of JSON.
const ARGUMENTS: usize = 4_000;

/// Starts a task, or joins its run that waits or works already.
pub(crate) async fn start(
    app: &AppState,
    caller: &Caller,
    origin: Origin,
    task: &str,
    arguments: Value,
) -> Result<Started, AppError> {
    hold(app, caller, task, known(app.launcher().catalog(), task)?.role).await?;
    if arguments.to_string().len() > ARGUMENTS {
        return Err(AppError::BadRequest(format!(
            "A run's arguments may have at most {ARGUMENTS} bytes as JSON."
        )));
    }
    let detail = json!({ "arguments": arguments });
    let asker = Asker { origin, name: caller.name.clone() };
    audit::noted(app, caller, (Action::JobRun, task, detail), async {
        app.launcher().start(task, arguments, &asker).await.map_err(not_started)
    })
    .await
}

/// Stops a run: at once if it waits, soon if it works. The state that it is in now.
pub(crate) async fn cancel(app: &AppState, caller: &Caller, run: RunId) -> Result<RunState, AppError> {
    let detail = ready(app, caller, run).await?;
    audit::noted(app, caller, (Action::JobCancel, &run.to_string(), detail), async {
        app.launcher().cancel(run, &caller.name).await.map_err(not_done)
    })
    .await
}

/// Has a run that failed or was stopped tried again.
pub(crate) async fn retry(app: &AppState, caller: &Caller, run: RunId) -> Result<(), AppError> {
    let detail = ready(app, caller, run).await?;
    audit::noted(app, caller, (Action::JobRetry, &run.to_string(), detail), async {
        app.launcher().retry(run, &caller.name).await.map_err(not_done)
    })
    .await
}

/// Pauses a task's schedule or takes it up again; false if it was so already.
pub(crate) async fn pause_schedule(
    app: &AppState,
    caller: &Caller,
    task: &str,
    pause: bool,
) -> Result<bool, AppError> {
    let launcher = app.launcher();
    hold(app, caller, task, known(launcher.catalog(), task)?.role).await?;
    audit::noted(app, caller, (Action::ScheduleChange, task, json!({ "paused": pause })), async {
        let turned = if pause {
            launcher.pause_schedule(task, &caller.name).await
        } else {
            launcher.resume_schedule(task).await
        };
        turned.map_err(not_started)
    })
    .await
}

/// Pauses a queue or takes it up again; false if it was so already.
pub(crate) async fn pause_queue(
    app: &AppState,
    caller: &Caller,
    queue: &str,
    pause: bool,
) -> Result<bool, AppError> {
    let launcher = app.launcher();
    hold(app, caller, queue, queue_role(launcher.catalog(), queue)?).await?;
    audit::noted(app, caller, (Action::QueueChange, queue, json!({ "paused": pause })), async {
        let turned = if pause {
            launcher.pause_queue(queue, &caller.name).await
        } else {
            launcher.resume_queue(queue).await
        };
        turned.map_err(not_started)
    })
    .await
}

/// Whether the caller may start and stop runs of that task. One that is not configured here any more is for
/// whoever the route lets in.
pub(crate) fn may_steer(catalog: &Catalog, caller: &Caller, task: &str) -> bool {
    known(catalog, task).map_or(true, |definition| may(caller, definition.role))
}

/// Whether the caller may pause that queue.
pub(crate) fn may_pause(catalog: &Catalog, caller: &Caller, queue: &str) -> bool {
    queue_role(catalog, queue).is_ok_and(|role| may(caller, role))
}

/// The task of that name.
pub(crate) fn known<'a>(catalog: &'a Catalog, task: &str) -> Result<&'a TaskDefinition, AppError> {
    let listed = catalog.get(task).map(|listed| &listed.definition);
    listed.ok_or_else(|| none("task", task, catalog.iter().map(|listed| listed.definition.name)))
}

/// A queue is for whoever may start every task in it.
fn queue_role(catalog: &Catalog, queue: &str) -> Result<Role, AppError> {
    let tasks = catalog.iter().map(|listed| &listed.definition);
    let highest = tasks.filter(|task| task.queue == queue).map(|task| task.role).max();
    highest.ok_or_else(|| none("queue", queue, catalog.queues().into_iter()))
}

fn none<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> AppError {
    let (name, known): (String, Vec<_>) = (name.chars().take(80).collect(), known.collect());
    AppError::NotFound(format!("There is no {what} {name:?} here. There are: {}.", known.join(", ")))
}

/// A token needs the scope that goes with the role.
fn may(caller: &Caller, needed: Role) -> bool {
    Access::Role(needed).scope().is_some_and(|scope| caller.may(scope, false))
}

/// Turns away who may not, and notes that.
async fn hold(app: &AppState, caller: &Caller, object: &str, needed: Role) -> Result<(), AppError> {
    if may(caller, needed) {
        return Ok(());
    }
    let words = if caller.is_token() {
        format!("the role {needed} and a token of its scope")
    } else {
        format!("the role {needed}; yours is {}", caller.role)
    };
    let detail = json!({ "needed": words });
    audit::note_refused(app, caller, object, detail).await?;
    Err(AppError::Forbidden(format!("This needs {words}.")))
}

/// Holds a deed to a run against its task's role. What is to be noted of it.
async fn ready(app: &AppState, caller: &Caller, run: RunId) -> Result<Value, AppError> {
    let view = app.launcher().run(run).await?.ok_or_else(|| not_done(ActError::NoSuchRun(run)))?;
    if let Ok(definition) = known(app.launcher().catalog(), &view.task) {
        hold(app, caller, &run.to_string(), definition.role).await?;
    }
    Ok(json!({ "task": view.task }))
}

fn not_started(error: StartError) -> AppError {
    match error {
        StartError::UnknownTask { .. } | StartError::UnknownQueue { .. } => {
            AppError::NotFound(sentence(&error))
        }
        StartError::NoSchedule(_) => AppError::Conflict(sentence(&error)),
        StartError::Full { .. } => AppError::Unavailable(sentence(&error)),
        StartError::Store(error) => error.into(),
    }
}

fn not_done(error: ActError) -> AppError {
    match error {
        ActError::NoSuchRun(_) => AppError::NotFound(sentence(&error)),
        ActError::Conflict(_) => AppError::Conflict(sentence(&error)),
        ActError::Store(error) => error.into(),
    }
}

/// An error's words with a capital and a full stop.
fn sentence(error: &impl std::fmt::Display) -> String {
    let words = error.to_string();
    let mut rest = words.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use t5g_model::names::{Scope, Scopes};
    use t5g_queue::{MissedTick, Retry};
    use t5g_store::ledger::Handle;

    use super::*;
    use crate::access::Credential;

    fn task(name: &'static str, role: Role) -> TaskDefinition {
        TaskDefinition {
            name,
            description: "Tests.",
            queue: "q",
            schedule: None,
            retry: Retry { attempts: 1, first_pause: Duration::from_secs(1) },
            exclusive: None,
            timeout: Duration::from_mins(1),
            missed: MissedTick::Skip,
            role,
        }
    }

    fn caller(role: Role, credential: Credential) -> Caller {
        let name = "ann".to_owned();
        Caller { actor: name.clone(), name, role, account: None, credential, client: Arc::default() }
    }

    #[test]
    fn a_tasks_own_role_is_asked_for_and_a_queues_is_the_highest_of_its_tasks() {
        let catalog = Catalog::new([task("read", Role::Operator), task("write", Role::Admin)]).unwrap();
        for (role, read, write) in
            [(Role::Viewer, false, false), (Role::Operator, true, false), (Role::Admin, true, true)]
        {
            let caller = caller(role, Credential::Local);
            assert_eq!(may_steer(&catalog, &caller, "read"), read, "{role} read");
            assert_eq!(may_steer(&catalog, &caller, "write"), write, "{role} write");
            assert_eq!(may_pause(&catalog, &caller, "q"), write, "{role} queue");
        }
        assert!(!may_pause(&catalog, &caller(Role::Admin, Credential::Local), "none"));
    }

    #[test]
    fn an_administrators_token_does_no_more_than_its_scopes_say() {
        let catalog = Catalog::new([task("read", Role::Operator), task("write", Role::Admin)]).unwrap();
        let token = |scope| {
            let handle = Handle::parse("0123456789abcdef").unwrap();
            caller(Role::Admin, Credential::Token { handle, scopes: Scopes::new([scope]).unwrap() })
        };
        assert!(may_steer(&catalog, &token(Scope::Write), "read"));
        assert!(!may_steer(&catalog, &token(Scope::Write), "write"));
        assert!(!may_steer(&catalog, &token(Scope::Read), "read"));
        assert!(may_steer(&catalog, &token(Scope::Admin), "write"));
    }

    #[test]
    fn words_become_sentences() {
        assert_eq!(sentence(&"élan is gone"), "Élan is gone.");
        assert_eq!(sentence(&""), ".");
    }
}
