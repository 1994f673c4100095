//! Every alert is shown: a case for promtool in which it fires, one in which what it asks for is told and it does not, and
//! one in which nothing is told at all. Whether the cases are right is promtool's matter (`cargo xtask alerts`).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};
use serde_json::Value;

use super::figures::{self, ALERTS};
use super::{Files, text, yaml};

/// The ending of files with cases.
pub(crate) const CASES: &str = ".test.yaml";

/// What the cases show of one alert.
#[derive(Debug, Default)]
struct Shown {
    fires: bool,
    quiet: bool,
    absent: bool,
}

/// Everything that is wrong with them.
pub(super) fn problems(files: &Files) -> Result<Vec<String>> {
    let rules = yaml::document(ALERTS, text(files, ALERTS)?).map_err(Error::msg)?;
    let alerts: BTreeMap<&str, BTreeSet<String>> = yaml::list(&rules, "/groups")
        .iter()
        .flat_map(|group| yaml::list(group, "/rules"))
        .filter_map(|rule| Some((yaml::text(rule, "/alert")?, metrics(yaml::text(rule, "/expr")?))))
        .collect();
    let (mut wrong, mut shown) = (Vec::new(), BTreeMap::<String, Shown>::new());
    let folder = ALERTS.rsplit_once('/').map_or("", |(folder, _)| folder);
    for (file, text) in files.iter().filter(|(file, _)| file.starts_with(folder) && file.ends_with(CASES)) {
        let cases = yaml::document(file, text).map_err(Error::msg)?;
        let of_these = |name: &String| format!("{folder}/{name}") == ALERTS;
        if !yaml::words(&cases, "/rule_files").iter().any(of_these) {
            wrong.push(format!("{file}: its cases are not of {ALERTS}"));
        }
        for test in yaml::list(&cases, "/tests") {
            wrong.extend(take(file, test, &alerts, &mut shown));
        }
    }
    for alert in alerts.keys() {
        let shown = shown.remove(*alert).unwrap_or_default();
        for (there, what) in [
            (shown.fires, "it fires"),
            (shown.quiet, "it does not fire though what it asks for is told, such as just below its limit"),
            (shown.absent, "nothing is told"),
        ] {
            if !there {
                wrong.push(format!("{folder}/*{CASES}: {alert} has no case in which {what}"));
            }
        }
    }
    Ok(wrong)
}

/// What one test shows; and what it says of alerts that there are not.
fn take(
    file: &str,
    test: &Value,
    alerts: &BTreeMap<&str, BTreeSet<String>>,
    shown: &mut BTreeMap<String, Shown>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let series = yaml::list(test, "/input_series").iter().filter_map(|one| yaml::text(one, "/series"));
    let told: BTreeSet<&str> = series.filter_map(|series| series.split('{').next()).collect();
    let cases = yaml::list(test, "/alert_rule_test");
    let fires = |case: &Value| !yaml::list(case, "/exp_alerts").is_empty();
    for case in cases {
        let name = yaml::text(case, "/alertname").unwrap_or("a case without an alert");
        let Some(asked) = alerts.get(name) else {
            wrong.push(format!("{file}: there is no alert {name}"));
            continue;
        };
        // One that fires later in the same test may only not have waited long enough.
        let never = !cases.iter().any(|other| yaml::text(other, "/alertname") == Some(name) && fires(other));
        let shown = shown.entry(name.to_owned()).or_default();
        shown.fires |= fires(case);
        shown.quiet |= never && asked.iter().any(|metric| told.contains(metric.as_str()));
        shown.absent |= told.is_empty();
    }
    wrong
}

fn metrics(expression: &str) -> BTreeSet<String> {
    figures::asked(expression).into_iter().map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "groups: [{ rules: [{ alert: A, expr: 'max(t5g_runs) > 1' }] }]\n";
    const TESTS: &str = "rule_files: [t5g-alerts.yaml]\ntests:\n\
        - { alert_rule_test: [{ alertname: A, exp_alerts: [] }] }\n\
        - { input_series: [{ series: 't5g_runs{a=\"b\"}' }], alert_rule_test: [{ alertname: A, exp_alerts: [{}] }] }\n\
        - { input_series: [{ series: t5g_runs }], alert_rule_test: [{ alertname: A }] }\n";

    fn wrong(from: &str, to: &str) -> Vec<String> {
        assert!(TESTS.contains(from), "{from}");
        let mut files = Files::new();
        files.insert(ALERTS.to_owned(), RULES.to_owned());
        files.insert("deploy/prometheus/x.test.yaml".to_owned(), TESTS.replacen(from, to, 1));
        problems(&files).unwrap()
    }

    #[test]
    fn an_alert_without_one_of_its_cases_is_found() {
        assert_eq!(wrong("A", "A"), Vec::<String>::new());
        for (from, to, what) in [
            ("[{}]", "[]", "it fires"),
            ("series: t5g_runs }", "series: t5g_walks }", "is told"),
            ("- { alert_rule_test: [{ alertname: A, exp_alerts: [] }] }\n", "", "nothing is told"),
            ("[t5g-alerts.yaml]", "[others.yaml]", "not of"),
            ("[{ alertname: A }]", "[{ alertname: A }, { alertname: B }]", "no alert B"),
            ("[{ alertname: A }]", "[{ alertname: A }, { alertname: A, exp_alerts: [{}] }]", "is told"),
        ] {
            let found = wrong(from, to);
            assert!(found.len() == 1 && found[0].contains(what), "{from} → {to}: {found:?}");
        }
        let files = [(ALERTS.to_owned(), RULES.to_owned())].into();
        assert_eq!(problems(&files).unwrap().len(), 3, "a new alert");
    }
}
