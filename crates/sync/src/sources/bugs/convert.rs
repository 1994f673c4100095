//! Joins the portal's list of linked bugs with what Bugzilla knows. Pure.

use std::collections::BTreeMap;

use t5g_clients::bugzilla::WireBug;
use t5g_model::documents::{Bug, LinkedBug, LinkedBugs};
use t5g_model::names::CaseNumber;
use t5g_model::time;

/// What is known of one bug now.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// Bugzilla told; the portal's part is not filled.
    Told(Box<Bug>),
    /// It may not be read, or is unknown there.
    Restricted,
    /// Asking failed.
    Failed,
}

/// The document, in the portal's order; a bug that could not be asked for keeps its previous entry, or, the
/// first time, shows only what the portal tells.
pub(super) fn join(
    linked: &LinkedBugs,
    known: &BTreeMap<String, Known>,
    before: &BTreeMap<CaseNumber, Vec<Bug>>,
) -> BTreeMap<CaseNumber, Vec<Bug>> {
    let mut all = BTreeMap::new();
    for (case, bugs) in linked {
        let old = before.get(case).map(Vec::as_slice).unwrap_or_default();
        let joined: Vec<_> = bugs
            .iter()
            .map(|bug| match known.get(&bug.bugzilla_number) {
                Some(Known::Told(told)) => Bug { linked: bug.clone(), ..Bug::clone(told) },
                Some(Known::Restricted) => unavailable(bug),
                Some(Known::Failed) | None => {
                    let same = |old: &&Bug| old.linked.bugzilla_number == bug.bugzilla_number;
                    let old = old.iter().find(same).cloned().unwrap_or_default();
                    Bug { linked: bug.clone(), ..old }
                }
            })
            .collect();
        all.insert(case.clone(), joined);
    }
    all
}

fn unavailable(bug: &LinkedBug) -> Bug {
    let word = || Some(Bug::UNAVAILABLE.to_owned());
    Bug {
        linked: bug.clone(),
        target_release: vec![Bug::UNAVAILABLE.to_owned()],
        assignee: word(),
        last_change_time: word(),
        internal_whiteboard: word(),
        qa_contact: word(),
        severity: word(),
    }
}

/// What Bugzilla tells of a bug, without the portal's part.
pub(super) fn told(wire: &WireBug) -> Known {
    let milestone = || wire.target_milestone.iter().cloned().collect();
    let changed = wire.last_change_time.as_deref().and_then(|at| time::read_date(at).ok());
    Known::Told(Box::new(Bug {
        linked: LinkedBug::default(),
        target_release: Some(wire.target_release.clone())
            .filter(|list| !list.is_empty())
            .unwrap_or_else(milestone),
        assignee: wire.assigned_to.clone(),
        last_change_time: changed.map(|date| date.to_string()),
        internal_whiteboard: wire.internal_whiteboard().map(str::to_owned),
        qa_contact: wire.qa_contact.clone(),
        severity: wire.severity.clone(),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn link(number: &str) -> LinkedBug {
        LinkedBug { bugzilla_number: number.into(), ..LinkedBug::default() }
    }

    fn wire(id: u64) -> WireBug {
        let wire = json!({
            "id": id, "assigned_to": "ada@example.com", "qa_contact": "", "severity": "high",
            "target_release": ["4.18.0"], "last_change_time": "2026-11-20T09:12:12Z",
            "cf_internal_whiteboard": "Telco",
        });
        serde_json::from_value(wire).unwrap()
    }

    #[test]
    fn bugs_are_joined_in_the_portals_order() {
        let case: CaseNumber = "01234567".parse().unwrap();
        let linked = [(case.clone(), ["9", "5", "7", "8"].map(link).to_vec())].into();
        let known =
            [("9", told(&wire(9))), ("5", Known::Restricted), ("7", Known::Failed), ("8", Known::Failed)];
        let known = known.map(|(id, known)| (id.to_owned(), known)).into();
        let old = Bug { linked: link("7"), severity: Some("old".into()), ..Bug::default() };
        let joined = join(&linked, &known, &[(case.clone(), vec![old])].into());
        let seen: Vec<_> = joined[&case]
            .iter()
            .map(|bug| {
                (bug.linked.bugzilla_number.as_str(), bug.severity.as_deref(), bug.target_release.join(","))
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("9", Some("high"), "4.18.0".to_owned()),
                ("5", Some("unavailable"), "unavailable".into()),
                ("7", Some("old"), String::new()),
                ("8", None, String::new()),
            ]
        );
        let told = &joined[&case][0];
        assert_eq!((told.last_change_time.as_deref(), &told.qa_contact), (Some("2026-11-20"), &None));
    }

    #[test]
    fn a_plain_bugzilla_has_a_milestone_instead_of_a_release() {
        let wire = serde_json::from_value(json!({ "id": 1, "target_milestone": "---" })).unwrap();
        let Known::Told(bug) = told(&wire) else { panic!("told") };
        assert_eq!(bug.target_release, ["---"]);
    }
}
