//! A case as the portal tells it → an entry of `cases`. Pure.

use chrono::{DateTime, Utc};
use t5g_clients::portal::{Capabilities, CaseList, PortalCase};
use t5g_model::documents::{Case, Cases, Document};
use t5g_model::names::{CaseNumber, CaseStatus};
use t5g_model::time;
use t5g_store::ledger::{ProblemEntry, StaleEntry};

/// What a list gave.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub cases: Cases,
    /// Those that have something of before, for the portal left out what every case has.
    pub stale: Vec<StaleEntry>,
    /// Those that are not in `cases`, and why.
    pub problems: Vec<ProblemEntry>,
    /// From when on the portal is to be asked again, so that what it left out is seen as soon as it tells it.
    pub again_from: Option<DateTime<Utc>>,
}

/// Converts a list; what the portal's face cannot tell, or left out, stays as it was `before`.
pub(super) fn cases(list: CaseList, before: &Cases, capabilities: Capabilities) -> Taken {
    let mut taken = Taken::default();
    if list.skipped > 0 {
        let reason = format!("{} rows of the portal's search carry no case number", list.skipped);
        taken.problem("(no number)", reason);
    }
    for wire in list.cases {
        match wire.number.parse::<CaseNumber>() {
            Ok(number) => taken.add(number, wire, before, capabilities),
            Err(error) => taken.problem(&wire.number, error.to_string()),
        }
    }
    taken
}

impl Taken {
    fn problem(&mut self, entry: &str, reason: String) {
        self.problems.push(ProblemEntry { document: Document::Cases, entry: entry.to_owned(), reason });
    }

    fn add(&mut self, number: CaseNumber, wire: PortalCase, before: &Cases, capabilities: Capabilities) {
        let old = before.get(&number);
        let told = [&wire.severity, &wire.status, &wire.summary, &wire.created, &wire.modified];
        let left_out: Vec<&str> =
            EVERY.iter().zip(told).filter(|(_, told)| told.is_none()).map(|(name, _)| *name).collect();
        let changed = wire.modified.clone().or_else(|| Some(old?.last_update.clone()));
        let case = case(wire, old, capabilities);
        if !left_out.is_empty() {
            let changed = changed.and_then(|changed| time::read(&changed).ok()).unwrap_or_default();
            self.again_from = Some(self.again_from.map_or(changed, |from| from.min(changed)));
            let left_out = left_out.join(", ");
            // Without these a case would count as open, as of no severity, as made today, or have no title.
            let told = [&case.severity, case.status.as_str(), &case.problem, &case.createdate];
            if old.is_none() && told.iter().any(|text| text.is_empty()) {
                return self.problem(
                    number.as_str(),
                    format!("the portal tells no {left_out} of it; it waits until it does"),
                );
            }
            let reason = format!("the portal tells no {left_out} of it; shown as it was");
            self.stale.push(StaleEntry { entry: number.to_string(), reason });
        }
        self.cases.insert(number, case);
    }
}

/// What every case has, as `Taken::add` looks at it.
const EVERY: [&str; 5] = ["severity", "status", "summary", "date of creation", "date of change"];

fn case(wire: PortalCase, old: Option<&Case>, capabilities: Capabilities) -> Case {
    let kept = |tells: bool| old.filter(|_| !tells);
    let text = |told: Option<String>, of: fn(&Case) -> &String| {
        told.or_else(|| old.map(|old| of(old).clone())).unwrap_or_default()
    };
    let status = wire.status.map(|status| {
        let Ok(status) = status.parse::<CaseStatus>();
        status
    });
    let status = status.or_else(|| old.map(|old| old.status.clone())).unwrap_or_default();
    let closed = wire.closed.or_else(|| old?.closeddate.clone());
    let product = match (wire.products.into_iter().next(), wire.version) {
        (None, None) => old.map(|old| (old.product.clone(), old.product_version.clone())),
        (product, version) => {
            let (product, version) = (product.unwrap_or_default(), version.unwrap_or_default());
            Some((format!("{product} {version}").trim().to_owned(), version))
        }
    };
    let (product, product_version) = product.unwrap_or_default();
    Case {
        owner: text(wire.owner, |old| &old.owner),
        severity: text(wire.severity, |old| &old.severity),
        account: text(wire.account, |old| &old.account),
        problem: text(wire.summary, |old| &old.problem),
        closeddate: closed.filter(|_| !status.is_open()),
        status,
        createdate: text(wire.created, |old| &old.createdate),
        last_update: text(wire.modified, |old| &old.last_update),
        product,
        product_version,
        description: text(wire.description, |old| &old.description),
        bug: wire.bug.or_else(|| kept(capabilities.bugs_and_tags)?.bug.clone()),
        tags: kept(capabilities.bugs_and_tags).map_or(wire.tags, |old| old.tags.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Capabilities = Capabilities {
        face: "hydra",
        details: true,
        bugs_and_tags: true,
        linked_issues: true,
        watchers: true,
        batch: 8,
    };

    fn wire() -> PortalCase {
        let text = |text: &str| Some(text.to_owned());
        PortalCase {
            number: "01234567".into(),
            owner: text("Ada"),
            account: text("ACME"),
            summary: text("Node does not boot"),
            description: text("It just hangs."),
            status: text("Closed"),
            severity: text("1 (Urgent)"),
            products: vec!["OpenShift".into(), "RHEL".into()],
            version: text("4.18"),
            created: text("2026-11-01T07:00:00Z"),
            modified: text("2026-11-22T13:37:59Z"),
            closed: text("2026-11-22T13:37:59Z"),
            bug: text("42"),
            tags: vec!["shift".into()],
        }
    }

    fn convert(wire: PortalCase, before: &Cases, capabilities: Capabilities) -> Case {
        let list = CaseList { cases: vec![wire], skipped: 0 };
        cases(list, before, capabilities).cases.into_values().next().unwrap()
    }

    #[test]
    fn a_case_becomes_what_the_contract_says() {
        insta::assert_json_snapshot!(convert(wire(), &Cases::new(), ALL), @r#"
        {
          "owner": "Ada",
          "severity": "1 (Urgent)",
          "account": "ACME",
          "problem": "Node does not boot",
          "status": "Closed",
          "createdate": "2026-11-01T07:00:00Z",
          "last_update": "2026-11-22T13:37:59Z",
          "closeddate": "2026-11-22T13:37:59Z",
          "product": "OpenShift 4.18",
          "product_version": "4.18",
          "description": "It just hangs.",
          "bug": "42",
          "tags": [
            "shift"
          ]
        }
        "#);
    }

    #[test]
    fn an_open_case_has_no_close_date_and_what_not_every_case_has_is_empty() {
        let open = PortalCase { status: Some("Waiting on Customer".into()), ..wire() };
        assert_eq!(convert(open, &Cases::new(), ALL).closeddate, None);
        let bare = PortalCase {
            owner: None,
            account: None,
            description: None,
            products: Vec::new(),
            version: None,
            closed: None,
            bug: None,
            tags: Vec::new(),
            ..wire()
        };
        let case = convert(bare, &Cases::new(), ALL);
        assert_eq!(
            (case.owner.as_str(), case.product.as_str(), case.bug, case.closeddate),
            ("", "", None, None)
        );
    }

    /// Leaves out one member that every case has.
    fn without(member: usize) -> PortalCase {
        let mut case = wire();
        let members =
            [&mut case.severity, &mut case.status, &mut case.summary, &mut case.created, &mut case.modified];
        *members.into_iter().nth(member).unwrap() = None;
        case
    }

    fn list(cases: Vec<PortalCase>) -> CaseList {
        CaseList { cases, skipped: 0 }
    }

    #[test]
    fn good_data_are_not_replaced_by_what_the_portal_leaves_out() {
        let before = cases(list(vec![wire()]), &Cases::new(), ALL).cases;
        for (member, name) in EVERY.iter().enumerate() {
            let taken = cases(list(vec![without(member)]), &before, ALL);
            assert_eq!(taken.cases, before, "{name}");
            assert!(taken.problems.is_empty());
            let [stale] = taken.stale.as_slice() else { panic!("{name}: {:?}", taken.stale) };
            assert_eq!(stale.entry, "01234567");
            assert!(stale.reason.contains(name), "{}", stale.reason);
            assert_eq!(taken.again_from, Some(time::read("2026-11-22T13:37:59Z").unwrap()));
        }
        let bare = PortalCase { number: "01234567".into(), ..PortalCase::default() };
        let taken = cases(list(vec![bare]), &before, ALL);
        let kept = taken.cases.values().next().unwrap();
        assert_eq!(
            (&kept.product, kept.closeddate.as_deref()),
            (&"OpenShift 4.18".to_owned(), Some("2026-11-22T13:37:59Z"))
        );
    }

    #[test]
    fn a_new_case_waits_until_it_is_told_what_it_is() {
        for (member, name) in EVERY.iter().enumerate().take(4) {
            let taken = cases(list(vec![without(member)]), &Cases::new(), ALL);
            assert!(taken.cases.is_empty() && taken.stale.is_empty(), "{name}");
            assert_eq!(taken.problems[0].entry, "01234567");
            assert!(taken.problems[0].reason.contains(name), "{}", taken.problems[0].reason);
        }
        let undated = cases(list(vec![without(4)]), &Cases::new(), ALL);
        assert_eq!((undated.cases.len(), undated.stale.len()), (1, 1));
        assert_eq!(undated.again_from, Some(DateTime::UNIX_EPOCH));
        assert_eq!(cases(list(vec![wire()]), &Cases::new(), ALL).again_from, None);
    }

    #[test]
    fn what_a_face_cannot_tell_stays() {
        let before: Cases = [("01234567".parse().unwrap(), convert(wire(), &Cases::new(), ALL))].into();
        let silent = PortalCase { bug: None, tags: Vec::new(), owner: None, description: None, ..wire() };
        let mute = Capabilities { bugs_and_tags: false, ..ALL };
        let kept = convert(silent.clone(), &before, mute);
        assert_eq!((kept.owner.as_str(), kept.description.as_str()), ("Ada", "It just hangs."));
        assert_eq!((kept.bug.as_deref(), kept.tags), (Some("42"), vec!["shift".to_owned()]));
        let unlinked = convert(silent, &before, ALL);
        assert_eq!((unlinked.bug, unlinked.tags), (None, vec![]));
    }

    #[test]
    fn rows_without_a_usable_number_are_told() {
        let bad = PortalCase { number: "12x".into(), ..wire() };
        let taken = cases(CaseList { cases: vec![bad, wire()], skipped: 3 }, &Cases::new(), ALL);
        let problems = taken.problems;
        assert_eq!((taken.cases.len(), problems.len()), (1, 2));
        assert!(problems[0].reason.starts_with("3 rows"), "{problems:?}");
        assert_eq!(problems[1].entry, "12x");
    }
}
