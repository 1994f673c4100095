//! Plans and steps as pages show them: what is sent, part by part; what became of it; what can be done about it.

mod change;
mod item;
mod line;
pub(crate) mod samples;
mod step;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::writing::{Effect, LeftOut, PlanKind, Said, Subject};
use t5g_store::ledger::PlanSummary;

use crate::access::Caller;
use crate::app::AppState;
use crate::monitor::act;
use crate::settings::WebSettings;
use crate::view::badge::{self, Badge, cut};
use crate::view::link::{self, Link};
use crate::view::words::{When, count};
use crate::writing::address::{JournalQuery, Listed, plan_href};
pub(crate) use item::ItemView;
pub(crate) use line::StepLine;

/// Through whose eyes, and when, the writing side is seen.
pub(crate) struct Eyes<'a> {
    pub(crate) now: DateTime<Utc>,
    pub(crate) settings: &'a WebSettings,
    /// Kinds of plans that this reader can have done here.
    pub(crate) may: BTreeSet<PlanKind>,
    /// Whether they see the journal and the monitor.
    pub(crate) operator: bool,
}

impl<'a> Eyes<'a> {
    pub(crate) fn of(app: &'a AppState, caller: &Caller) -> Self {
        let catalog = app.launcher().catalog();
        let may = |task: &str| catalog.get(task).is_some() && act::may_steer(catalog, caller, task);
        let kinds = app.settings().tasks.by_plan.iter();
        Self {
            now: app.clock().now(),
            settings: app.settings(),
            may: kinds.filter(|(_, task)| may(task)).map(|(kind, _)| *kind).collect(),
            operator: caller.may(t5g_model::names::Scope::Write, false),
        }
    }

    pub(crate) fn when(&self, at: DateTime<Utc>) -> When {
        When::exact(at, self.now, self.settings.rules.time_zone)
    }
}

/// One part of what is sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SaidView {
    label: &'static str,
    text: String,
    long: bool,
    /// Lines of a long one.
    lines: usize,
}

impl SaidView {
    fn of(said: &Said) -> Self {
        Self {
            label: said.label,
            lines: said.text.lines().count(),
            text: cut_long(&said.text),
            long: said.long,
        }
    }
}

/// The longest text of an effect that is shown: all that Jira takes.
const LONGEST: usize = 40_000;

fn cut_long(text: &str) -> String {
    let kept: String = text.chars().take(LONGEST).collect();
    let neutral = crate::text::neutral(&kept);
    if kept.len() < text.len() { format!("{neutral}…") } else { neutral.into_owned() }
}

/// What an effect does and sends.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EffectView {
    service: &'static str,
    title: String,
    said: Vec<SaidView>,
}

impl EffectView {
    pub(crate) fn of(effect: &Effect) -> Self {
        Self {
            service: effect.service().title(),
            title: title(effect),
            said: effect.said().iter().map(SaidView::of).collect(),
        }
    }
}

/// What an effect does, as a sentence begins.
pub(crate) fn title(effect: &Effect) -> String {
    let words = cut(&effect.title());
    let mut rest = words.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

/// What something is about, and where that is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SubjectView {
    words: String,
    href: Link,
}

impl SubjectView {
    pub(crate) fn of(subject: &Subject, settings: &WebSettings) -> Self {
        let (words, href) = match subject {
            Subject::Case(number) => (format!("Case {number}"), Some(link::case(settings, number))),
            Subject::Issue(key) => (key.to_string(), link::card(settings, key)),
            Subject::Bug(number) => (format!("Bug {number}"), None),
            Subject::All => ("All of the plan".to_owned(), None),
        };
        Self { words, href }
    }
}

/// Something about which nothing is done.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LeftOutView {
    subject: SubjectView,
    title: String,
    reason: String,
}

impl LeftOutView {
    pub(crate) fn of(left: &LeftOut, settings: &WebSettings) -> Self {
        Self {
            subject: SubjectView::of(&left.subject, settings),
            title: badge::or_dash(&left.title),
            reason: badge::or_dash(&left.reason),
        }
    }
}

/// A plan as a row of a list, or as the head of its page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanHead {
    id: String,
    /// The end of the id: its beginning is the time.
    short: String,
    href: String,
    kind: &'static str,
    state: Badge,
    made: When,
    by: String,
    held: Option<String>,
    /// Who decided, and when.
    decided: Option<(String, When)>,
    finished: Option<When>,
    /// How far it is, in words.
    steps: String,
    trouble: u64,
    run: Option<String>,
    /// Where it can be released and rejected by this reader, as it stands.
    release: Option<String>,
    reject: Option<String>,
}

impl PlanHead {
    pub(crate) fn of(plan: &PlanSummary, eyes: &Eyes<'_>) -> Self {
        use t5g_store::ledger::PlanState::{Held, Rejected};
        let (id, href) = (plan.id.to_string(), plan_href(plan.id));
        let may = eyes.may.contains(&plan.kind);
        let steps = usize::try_from(plan.steps).unwrap_or(usize::MAX);
        Self {
            short: short(&id),
            kind: plan.kind.title(),
            state: badge::plan(plan.state),
            made: eyes.when(plan.made_at),
            by: cut(&plan.made_by),
            held: plan.held.as_deref().map(cut),
            decided: plan.decided_by.as_deref().map(cut).zip(plan.decided_at.map(|at| eyes.when(at))),
            finished: plan.finished_at.map(|at| eyes.when(at)),
            steps: match plan.ended {
                0 => count(steps, "step"),
                ended => format!("{ended} of {} ended", count(steps, "step")),
            },
            trouble: plan.trouble,
            run: run_href(plan.run.as_deref(), eyes),
            release: (may && matches!(plan.state, Held | Rejected)).then(|| format!("{href}/release")),
            reject: (eyes.operator && plan.state == Held).then(|| format!("{href}/reject")),
            href,
            id,
        }
    }
}

pub(crate) fn short(id: &str) -> String {
    id.rsplit('-').next().map_or_else(String::new, |end| end.chars().skip(4).collect())
}

/// The monitor's page of a run, for who sees it.
fn run_href(run: Option<&str>, eyes: &Eyes<'_>) -> Option<String> {
    let run: t5g_queue::RunId = run?.parse().ok()?;
    eyes.operator.then(|| format!("/monitor/runs/{run}"))
}

/// A link to a part of the journal.
pub(crate) fn journal_href(listed: Listed, state: &str, from: &str) -> String {
    let (state, from) = (state.to_owned(), from.to_owned());
    JournalQuery { listed, state, from, ..JournalQuery::default() }.link()
}
