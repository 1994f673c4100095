//! Metrics, both ways: what the code tells is in the one list, and the other way round; alerts and dashboards name only
//! what is in it, and all of it; each alert leads to what to do about it. The list is read from its generated page.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Files, yaml};
use crate::sh;

/// The generated page of the list.
const PAGE: &str = "docs/metrics.md";
/// Where alerts stand.
pub(super) const ALERTS: &str = "deploy/prometheus/t5g-alerts.yaml";
/// The folder of dashboards.
const DASHBOARDS: &str = "deploy/grafana/";
/// The parts of a histogram.
const PARTS: [&str; 3] = ["_bucket", "_sum", "_count"];
/// Labels that Prometheus adds.
const ADDED: [&str; 3] = ["le", "instance", "job"];

/// One metric of the list.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    labels: BTreeSet<String>,
    histogram: bool,
}

type List = BTreeMap<String, Listed>;

/// Everything that is wrong. `sources`: what the rooms' source files say.
pub(super) fn problems(files: &Files, sources: &[String]) -> Result<Vec<String>> {
    let read = |file: &str| {
        std::fs::read_to_string(sh::root().join(file)).with_context(|| format!("{file} cannot be read"))
    };
    let list = list(&read(PAGE)?);
    let mut wrong = code_problems(&list, sources);
    wrong.extend(watched_problems(&list, files)?);
    wrong.extend(runbook_problems(files, &|file| read(file).ok())?);
    Ok(wrong)
}

/// The rows of the page's tables.
fn list(page: &str) -> List {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1)?.strip_prefix("`t5g_")?.strip_suffix('`')?;
        let quoted = cells.get(2)?.split('`').skip(1).step_by(2);
        let listed =
            Listed { labels: quoted.map(str::to_owned).collect(), histogram: *cells.get(3)? == "histogram" };
        Some((format!("t5g_{name}"), listed))
    };
    page.lines().filter_map(row).collect()
}

fn code_problems(list: &List, sources: &[String]) -> Vec<String> {
    let told: BTreeSet<String> = sources.iter().flat_map(|source| told(source)).collect();
    let unlisted = told.iter().filter(|name| !list.contains_key(*name));
    let untold = list.keys().filter(|name| !told.contains(*name));
    unlisted
        .map(|name| format!("{name} is told by the code and not in crates/telemetry/src/metrics.rs"))
        .chain(untold.map(|name| format!("{name} is in crates/telemetry/src/metrics.rs and told by nobody")))
        .collect()
}

/// The names that a source gives to the macros that count.
fn told(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for mark in ["counter!(", "gauge!(", "histogram!("] {
        let after = source.split(mark).skip(1);
        let quoted = after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
        names.extend(quoted.filter(|name| name.starts_with("t5g_")).map(str::to_owned));
    }
    names
}

/// What alerts and dashboards ask for, by the file that does.
fn questions(files: &Files) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (file, text) in files {
        let read: Value = if file == ALERTS {
            yaml::document(file, text).map_err(anyhow::Error::msg)?
        } else if file.starts_with(DASHBOARDS) && super::has_ending(file, "json") {
            serde_json::from_str(text).with_context(|| format!("{file} is no JSON"))?
        } else {
            continue;
        };
        let mut found = Vec::new();
        expressions(&read, &mut found);
        all.extend(found.into_iter().map(|expression| (file.clone(), expression)));
    }
    Ok(all)
}

/// Every text under the name `expr`, however deep.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "expr") {
                    Some(text) => found.push(text.to_owned()),
                    None => expressions(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

fn watched_problems(list: &List, files: &Files) -> Result<Vec<String>> {
    let (mut wrong, mut watched) = (Vec::new(), BTreeSet::new());
    for (file, expression) in questions(files)? {
        let asked = asked(&expression);
        let mut labels: BTreeSet<String> = ADDED.map(str::to_owned).into();
        for (name, matched) in &asked {
            let Some((name, listed)) = find(list, name) else {
                wrong.push(format!("{file}: {name} is told by nobody: {expression}"));
                continue;
            };
            watched.insert(name.to_owned());
            labels.extend(listed.labels.iter().cloned());
            let known = |label: &&String| listed.labels.contains(*label) || ADDED.contains(&label.as_str());
            let strange = matched.iter().filter(|label| !known(label));
            wrong.extend(strange.map(|label| format!("{file}: {name} has no label {label}: {expression}")));
        }
        let grouped = grouped(&expression);
        let strange = grouped.iter().filter(|label| !labels.contains(*label));
        wrong.extend(strange.map(|label| format!("{file}: nothing has the label {label}: {expression}")));
    }
    let unwatched = list.keys().filter(|name| !watched.contains(*name));
    wrong.extend(unwatched.map(|name| format!("{name} is on no dashboard and in no alert")));
    Ok(wrong)
}

/// The metric that a name in a question means: one of a histogram's parts, else the name itself.
fn find<'a>(list: &'a List, name: &str) -> Option<(&'a str, &'a Listed)> {
    let part = PARTS.iter().find_map(|part| name.strip_suffix(part));
    let of_part = part.and_then(|name| list.get_key_value(name)).filter(|(_, listed)| listed.histogram);
    let plain = list.get_key_value(name).filter(|(_, listed)| !listed.histogram);
    of_part.or(plain).map(|(name, listed)| (name.as_str(), listed))
}

/// The metrics that a question names, each with the labels that it matches.
pub(super) fn asked(expression: &str) -> Vec<(String, Vec<String>)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(at) = rest.find("t5g_") {
        let from = rest.get(at..).unwrap_or_default();
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        let matchers = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let labels = matchers.map_or_else(Vec::new, |(inside, _)| matched(inside));
        found.push((name.to_owned(), labels));
        rest = matchers.map_or(after, |(_, after)| after);
    }
    found
}

/// The labels before `=`, `!=`, `=~`, `!~`; values may hold anything but quotes.
fn matched(inside: &str) -> Vec<String> {
    let outside_quotes = inside.split('"').step_by(2);
    let names = outside_quotes.flat_map(|part| part.split(['=', '!', '~', ',', ' ']));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The labels in `by (…)`.
fn grouped(expression: &str) -> Vec<String> {
    let lists = expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(',')).map(|label| label.trim().to_owned()).collect()
}

/// Each alert says what it is, what to look at, and where more stands about it.
fn runbook_problems(files: &Files, read: &dyn Fn(&str) -> Option<String>) -> Result<Vec<String>> {
    let Some(text) = files.get(ALERTS) else { return Ok(vec![format!("{ALERTS} is missing")]) };
    let rules = yaml::document(ALERTS, text).map_err(anyhow::Error::msg)?;
    let mut wrong = Vec::new();
    for rule in yaml::list(&rules, "/groups").iter().flat_map(|group| yaml::list(group, "/rules")) {
        let name = yaml::text(rule, "/alert").unwrap_or("an alert without a name");
        for wanted in ["summary", "description"] {
            if yaml::text(rule, &format!("/annotations/{wanted}")).is_none() {
                wrong.push(format!("{ALERTS}: {name} has no {wanted}"));
            }
        }
        let link = yaml::text(rule, "/annotations/runbook_url").unwrap_or_default();
        let leads = link.split_once('#').is_some_and(|(file, anchor)| {
            read(file).is_some_and(|text| text.lines().filter_map(heading).any(|found| found == anchor))
        });
        if !leads {
            wrong.push(format!("{ALERTS}: {name} leads to {link:?}, where nothing stands"));
        }
    }
    Ok(wrong)
}

/// What a heading is called in links.
fn heading(line: &str) -> Option<String> {
    let text = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = text.to_lowercase().replace(' ', "-");
    Some(kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "| metric | labels | kind |\n|---|---|---|\n| `t5g_runs` | `state`, `task` | gauge | x | y |\n\
                        | `t5g_wait_seconds` | `task` | histogram | x | y |\n";

    fn watched(expression: &str) -> Vec<String> {
        let mut files = Files::new();
        files.insert(ALERTS.to_owned(), "groups: []\n".to_owned());
        let dashboard = serde_json::json!({ "panels": [{ "targets": [
            { "expr": expression }, { "expr": "t5g_runs + on () sum(t5g_wait_seconds_count)" } ] }] });
        files.insert("deploy/grafana/x.json".to_owned(), dashboard.to_string());
        watched_problems(&list(LIST), &files).unwrap()
    }

    #[test]
    fn names_and_labels_that_nobody_tells_are_found() {
        for right in [
            "max by (state) (t5g_runs{task=\"a\"}) == 1",
            "histogram_quantile(0.9, sum by (le, task) (rate(t5g_wait_seconds_bucket{task!~\"x|y\", task=\"t5g\"}[5m])))",
            "t5g_runs{state=~\"a,b=c\"} offset 1h",
        ] {
            assert_eq!(watched(right), Vec::<String>::new(), "{right}");
        }
        for wrong in [
            "t5g_run",
            "t5g_runs_count",
            "t5g_wait_seconds",
            "t5g_runs{outcome=\"x\"}",
            "sum by (queue) (t5g_runs)",
        ] {
            assert_eq!(watched(wrong).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn what_nobody_watches_is_found() {
        let mut files = Files::new();
        files.insert(ALERTS.to_owned(), "groups: [{ rules: [{ expr: t5g_runs > 1 }] }]\n".to_owned());
        let wrong = watched_problems(&list(LIST), &files).unwrap();
        assert_eq!(wrong, ["t5g_wait_seconds is on no dashboard and in no alert"]);
    }

    #[test]
    fn code_and_list_have_to_agree() {
        let all = ["gauge!(\n    \"t5g_runs\", \"state\" => s)", "metrics::histogram!(\"t5g_wait_seconds\")"];
        let sources = all.map(str::to_owned);
        assert_eq!(code_problems(&list(LIST), &sources), Vec::<String>::new());
        let more = [&sources[..], &["counter!(\"t5g_new_total\")".to_owned()]].concat();
        assert_eq!(code_problems(&list(LIST), &more).len(), 1);
        assert_eq!(code_problems(&list(LIST), &sources[..1]).len(), 1);
    }

    #[test]
    fn alerts_lead_to_what_to_do() {
        let alert = |link: &str| {
            let rule =
                format!("{{ alert: A, annotations: {{ summary: s, description: d, runbook_url: {link} }} }}");
            let text = format!("groups:\n  - rules:\n      - {rule}\n");
            runbook_problems(&[(ALERTS.to_owned(), text)].into(), &|file| {
                (file == "docs/a.md").then(|| "# T\n\n### T5G No: `worker`\n".to_owned())
            })
            .unwrap()
        };
        assert_eq!(alert("'docs/a.md#t5g-no-worker'"), Vec::<String>::new());
        for wrong in ["''", "'docs/a.md'", "'docs/a.md#t5g'", "'docs/b.md#t5g-no-worker'"] {
            assert_eq!(alert(wrong).len(), 1, "{wrong}");
        }
    }
}
