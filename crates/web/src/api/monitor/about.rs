//! What the addresses of `/api/monitor` say of themselves.

use t5g_queue::RunDetail;

use super::shapes::{Queue, RetriedRun, Runs, StartedRun, StoppedRun, Task, Turned, Wanted, Whole, Worker};
use crate::api::describe::{Kind, Operation, Parameter, Tag};

fn reads(id: &'static str, summary: &'static str) -> Operation {
    Operation::get(Tag::Work, id, summary)
}

fn acts(id: &'static str, summary: &'static str) -> Operation {
    Operation::post(Tag::Work, id, summary)
}

const TASK: (&str, &str) = ("name", "The task's name.");
const QUEUE: (&str, &str) = ("name", "The queue's name.");
const RUN: (&str, &str) = ("id", "The run's id.");
const NO_TASK: &str = "There is no such task.";
const NO_QUEUE: &str = "There is no such queue.";
const NO_RUN: &str = "There is no such run.";

/// What the overview says of itself.
pub(crate) fn overview() -> Vec<Operation> {
    let one = reads("getOverview", "Background work as a whole");
    vec![one.answers::<Whole<'static>>(200, "Tasks, queues, workers, runs at work.").conditional()]
}

/// What the list of tasks says of itself.
pub(crate) fn tasks() -> Vec<Operation> {
    let one = reads("listTasks", "All tasks and how they went");
    vec![one.answers::<Vec<Task<'static>>>(200, "The tasks.").conditional()]
}

/// What a task says of itself.
pub(crate) fn task() -> Vec<Operation> {
    let one = reads("getTask", "One task and how it went").place(TASK.0, TASK.1);
    vec![one.answers::<Task<'static>>(200, "The task.").conditional().fails(404, NO_TASK)]
}

/// What starting a task says of itself.
pub(crate) fn start() -> Vec<Operation> {
    let one = acts("startRun", "Start a task now")
        .about("If a run of it with the same arguments waits or works already, that one is meant.")
        .place(TASK.0, TASK.1)
        .body::<Wanted>("Nothing, or what to start it with.")
        .answers::<StartedRun>(202, "It waits for its turn.")
        .with_header("Location", "The run.");
    vec![one.fails(400, "The body is not understood.").fails(404, NO_TASK)]
}

/// What pausing a schedule says of itself.
pub(crate) fn pause_schedule() -> Vec<Operation> {
    let one = acts("pauseSchedule", "Let a task's schedule rest").place(TASK.0, TASK.1);
    vec![one.answers::<Turned>(200, "It rests.").fails(404, NO_TASK).fails(409, "It has no schedule.")]
}

/// What taking a schedule up says of itself.
pub(crate) fn resume_schedule() -> Vec<Operation> {
    let one = acts("resumeSchedule", "Take a task's schedule up again").place(TASK.0, TASK.1);
    vec![one.answers::<Turned>(200, "It goes on.").fails(404, NO_TASK).fails(409, "It has no schedule.")]
}

/// What the list of queues says of itself.
pub(crate) fn queues() -> Vec<Operation> {
    let one = reads("listQueues", "All queues");
    vec![one.answers::<Vec<Queue<'static>>>(200, "The queues.").conditional()]
}

/// What pausing a queue says of itself.
pub(crate) fn pause_queue() -> Vec<Operation> {
    let one = acts("pauseQueue", "Let a queue rest").place(QUEUE.0, QUEUE.1);
    vec![one.answers::<Turned>(200, "It rests.").fails(404, NO_QUEUE)]
}

/// What taking a queue up says of itself.
pub(crate) fn resume_queue() -> Vec<Operation> {
    let one = acts("resumeQueue", "Take a queue up again").place(QUEUE.0, QUEUE.1);
    vec![one.answers::<Turned>(200, "It goes on.").fails(404, NO_QUEUE)]
}

/// What the list of workers says of itself.
pub(crate) fn workers() -> Vec<Operation> {
    let one = reads("listWorkers", "All workers");
    vec![one.answers::<Vec<Worker<'static>>>(200, "The workers.").conditional()]
}

/// What the list of runs says of itself.
pub(crate) fn runs() -> Vec<Operation> {
    let one = reads("listRuns", "Runs that pass a filter, latest first")
        .takes([
            Parameter::new("q", Kind::Text, "A filter such as `state:failed asked:<2d` (docs/monitor.md)."),
            Parameter::new("page", Kind::Number(1, 1_000_000), "Which page, from 1."),
            Parameter::new("size", Kind::Number(1, 100), "Runs of a page."),
        ])
        .answers::<Runs<'static>>(200, "The runs.")
        .conditional();
    vec![one.fails(400, "The filter or a parameter is not understood.")]
}

/// What a run says of itself.
pub(crate) fn run() -> Vec<Operation> {
    let one = reads("getRun", "One run with its tries, events, log lines and calls").place(RUN.0, RUN.1);
    vec![one.answers::<RunDetail>(200, "The run.").conditional().fails(404, NO_RUN)]
}

/// What stopping a run says of itself.
pub(crate) fn cancel() -> Vec<Operation> {
    let one =
        acts("cancelRun", "Stop a run").place(RUN.0, RUN.1).answers::<StoppedRun>(202, "It is to stop.");
    vec![one.fails(404, NO_RUN).fails(409, "It is over already.")]
}

/// What trying a run again says of itself.
pub(crate) fn retry() -> Vec<Operation> {
    let one = acts("retryRun", "Try a run again")
        .place(RUN.0, RUN.1)
        .answers::<RetriedRun>(202, "It begins again.");
    vec![one.fails(404, NO_RUN).fails(409, "It did not fail.")]
}
