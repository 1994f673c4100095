//! The list of runs: filter box, states with their counts, rows, pages. All of it is in the address.

use serde::Serialize;
use t5g_model::query::{LENGTH, QueryError};
use t5g_queue::{RunFilter, RunList, RunState};

use super::run_row::RunRow;
use super::{Sight, count_of};
use crate::monitor::address::RunsQuery;
use crate::view::badge;
use crate::view::filter_problem::FilterProblem;

/// The box and what is known of the language.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Filter {
    q: String,
    longest: usize,
    path: String,
    problem: Option<FilterProblem>,
    examples: Vec<Example>,
    fields: &'static [(&'static str, &'static str, &'static str)],
}

#[derive(Debug, Clone, Serialize)]
struct Example {
    filter: &'static str,
    meaning: &'static str,
    href: String,
}

/// The rows and the ways from them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RunsView {
    states: Vec<Choice>,
    rows: Vec<RunRow>,
    /// Rows of the ledger that belong here and cannot be read, with the reason.
    broken: Vec<String>,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    empty: Option<Empty>,
}

/// A state, how many have it under the rest of the filter, and the way to them.
#[derive(Debug, Clone, Serialize)]
struct Choice {
    label: String,
    icon: &'static str,
    count: u64,
    href: String,
    current: bool,
}

/// What stands in place of rows.
#[derive(Debug, Clone, Serialize)]
struct Empty {
    title: &'static str,
    words: &'static str,
    /// Without the filter, if there is one.
    all: Option<String>,
}

/// Of what was found, or why the filter cannot be read: then nothing is shown.
pub(super) fn view(
    query: &RunsQuery,
    found: Result<RunList, QueryError>,
    path: &str,
    sight: &Sight<'_>,
) -> (Filter, RunsView) {
    let (list, problem) = match found {
        Ok(list) => (Some(list), None),
        Err(error) => (None, Some(FilterProblem::of(&query.text, &error))),
    };
    let filter = Filter::of(query, problem, path);
    let view = match list {
        Some(list) => RunsView::of(query, &list, path, sight),
        None => RunsView::unreadable(path),
    };
    (filter, view)
}

impl Filter {
    fn of(query: &RunsQuery, problem: Option<FilterProblem>, path: &str) -> Self {
        let example = |(filter, meaning): &(&'static str, &'static str)| Example {
            filter,
            meaning,
            href: RunsQuery::of(*filter).link(path),
        };
        Self {
            q: query.text.clone(),
            longest: LENGTH,
            path: path.to_owned(),
            problem,
            examples: RunFilter::examples().iter().map(example).collect(),
            fields: RunFilter::fields(),
        }
    }
}

impl RunsView {
    fn of(query: &RunsQuery, list: &RunList, path: &str, sight: &Sight<'_>) -> Self {
        let skipped = u64::from(query.page.saturating_sub(1)) * u64::from(query.size);
        let shown = u64::try_from(list.runs.len() + list.unreadable.len()).unwrap_or(u64::MAX);
        let to = |page: u32| RunsQuery { page, ..query.clone() }.link(path);
        let range = match shown {
            0 => String::new(),
            _ => format!("{}–{} of {}", skipped + 1, skipped + shown, count_of(list.total, "run")),
        };
        Self {
            states: choices(query, list, path),
            rows: list.runs.iter().map(|run| RunRow::of(run, sight)).collect(),
            broken: list.unreadable.clone(),
            range,
            previous: (query.page > 1).then(|| to(query.page - 1)),
            next: (skipped + shown < list.total).then(|| to(query.page + 1)),
            empty: (shown == 0).then(|| Empty::of(query, path)),
        }
    }

    fn unreadable(path: &str) -> Self {
        let words = "Mend it above. Rows that look found and are not would be wrong, so none are shown.";
        let all = Some(path.to_owned());
        Self {
            states: Vec::new(),
            rows: Vec::new(),
            broken: Vec::new(),
            range: String::new(),
            previous: None,
            next: None,
            empty: Some(Empty { title: "The filter cannot be read", words, all }),
        }
    }
}

fn choices(query: &RunsQuery, list: &RunList, path: &str) -> Vec<Choice> {
    let chosen = query.state();
    let all = Choice {
        label: "All".to_owned(),
        icon: "",
        count: list.states.values().sum(),
        href: query.with_state(None).link(path),
        current: query.with_state(None).text == query.text.trim(),
    };
    let one = |state: &RunState| {
        let badge = badge::run(*state);
        Choice {
            label: badge.words,
            icon: badge.icon,
            count: list.states.get(state.as_str()).copied().unwrap_or(0),
            href: query.with_state(Some(*state)).link(path),
            current: chosen == Some(*state),
        }
    };
    std::iter::once(all).chain(RunState::ALL.iter().map(one)).collect()
}

impl Empty {
    fn of(query: &RunsQuery, path: &str) -> Self {
        if query.text.is_empty() {
            let words =
                "No task has been started yet. A schedule, the buttons above and t5g sync start them.";
            return Self { title: "No runs", words, all: None };
        }
        let words = "No run passes this filter. Runs are forgotten when they are older than what is kept.";
        Self { title: "No runs match", words, all: Some(path.to_owned()) }
    }
}
