//! Watchers of cases, added or taken away as somebody asks: `{"users": […], "cases": […], "remove": false}`.

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::Value;
use t5g_model::names::CaseNumber;
use t5g_model::writing::{Effect, Plan, PlanItem, PlanKind, Subject};

/// The most pairs of one run.
const MOST: usize = 5_000;

#[derive(Debug, Deserialize)]
struct Wish {
    users: Vec<String>,
    cases: Vec<CaseNumber>,
    #[serde(default)]
    remove: bool,
}

pub(super) fn plan(arguments: &Value) -> anyhow::Result<Plan> {
    let wish: Wish = serde_json::from_value(arguments.clone())
        .context("expected {\"users\": [logins], \"cases\": [case numbers], \"remove\": true or false}")?;
    ensure!(wish.users.len().saturating_mul(wish.cases.len()) <= MOST, "these are more than {MOST} pairs");
    ensure!(wish.users.iter().all(|user| !user.trim().is_empty()), "a user without a name");
    let mut plan = Plan::empty(PlanKind::Watchers, 0);
    for case in &wish.cases {
        let step = |user: &String| {
            let (case, login) = (case.clone(), user.trim().to_owned());
            if wish.remove {
                Effect::RemoveWatcher { case, login }
            } else {
                Effect::AddWatcher { case, login }
            }
        };
        plan.items.push(PlanItem {
            subject: Subject::Case(case.clone()),
            title: format!("watchers of case {case}"),
            reason: "somebody asked for it".to_owned(),
            last: false,
            steps: wish.users.iter().map(step).collect(),
        });
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_pair_is_a_step() {
        let plan = plan(&json!({ "users": ["ann", " bob "], "cases": ["1", "2"], "remove": true })).unwrap();
        assert_eq!(plan.steps(), 4);
        assert_eq!(plan.items[1].steps[1].title(), "take bob from the watchers of case 2");
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            json!(null),
            json!({ "users": ["a"], "cases": ["x"] }),
            json!({ "users": [" "], "cases": ["1"] }),
        ] {
            assert!(plan(&bad).is_err(), "{bad}");
        }
    }
}
