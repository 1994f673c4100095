//! Who watches cases on the portal, as somebody asks for it: `{"change": "add", "users": [logins], "cases": [numbers]}`.
//! Every person goes with every case.

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::Value;
use t5g_model::names::CaseNumber;
use t5g_model::writing::{Effect, Plan, PlanItem, PlanKind, Subject};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Add,
    Remove,
}

#[derive(Debug, Deserialize)]
struct Wish {
    change: Change,
    users: Vec<String>,
    cases: Vec<CaseNumber>,
}

pub(super) fn plan(arguments: &Value) -> anyhow::Result<Plan> {
    let wish = Wish::deserialize(arguments)
        .context("expected {\"change\": \"add\" or \"remove\", \"users\": logins, \"cases\": numbers}")?;
    ensure!(!wish.users.is_empty() && !wish.cases.is_empty(), "nobody and nothing is named");
    for user in &wish.users {
        let odd = user.is_empty() || user.chars().any(|c| c.is_control() || c.is_whitespace());
        ensure!(!odd, "{user:?} is no login");
    }
    let item = |case: &CaseNumber| PlanItem {
        subject: Subject::Case(case.clone()),
        title: "its watchers".to_owned(),
        reason: "somebody asked for it".to_owned(),
        last: false,
        steps: wish.users.iter().map(|login| effect(wish.change, case, login)).collect(),
    };
    Ok(Plan { items: wish.cases.iter().map(item).collect(), ..Plan::empty(PlanKind::Watchers, 0) })
}

fn effect(change: Change, case: &CaseNumber, login: &str) -> Effect {
    let (case, login) = (case.clone(), login.to_owned());
    match change {
        Change::Add => Effect::AddWatcher { case, login },
        Change::Remove => Effect::RemoveWatcher { case, login },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_person_goes_with_every_case() {
        let wish = json!({ "change": "remove", "users": ["ann", "bob"], "cases": ["01234567", "01234568"], "once": true });
        let plan = plan(&wish).unwrap();
        let told: Vec<String> =
            plan.items.iter().flat_map(|item| item.steps.iter().map(Effect::title)).collect();
        assert_eq!((plan.items.len(), told.len()), (2, 4));
        assert_eq!(told[3], "take bob from the watchers of case 01234568");
        for bad in [
            json!(null),
            json!({ "change": "add", "users": [], "cases": ["01234567"] }),
            json!({ "change": "add", "users": ["a b"], "cases": ["01234567"] }),
            json!({ "change": "add", "users": ["ann"], "cases": ["x"] }),
            json!({ "change": "all", "users": ["ann"], "cases": ["01234567"] }),
        ] {
            assert!(super::plan(&bad).is_err(), "{bad}");
        }
    }
}
