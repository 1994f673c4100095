//! A case as the portal tells it → an entry of `cases`. Pure.

use t5g_clients::portal::{Capabilities, CaseList, PortalCase};
use t5g_model::documents::{Case, Cases, Document};
use t5g_model::names::{CaseNumber, CaseStatus};
use t5g_store::ledger::ProblemEntry;

/// Converts a list; what the portal's face cannot tell stays as it was `before`.
pub(super) fn cases(
    list: CaseList,
    before: &Cases,
    capabilities: Capabilities,
) -> (Cases, Vec<ProblemEntry>) {
    let mut cases = Cases::new();
    let mut problems = Vec::new();
    let mut problem = |entry: &str, reason: String| {
        problems.push(ProblemEntry { document: Document::Cases, entry: entry.to_owned(), reason });
    };
    if list.skipped > 0 {
        problem("(no number)", format!("{} rows of the portal's search carry no case number", list.skipped));
    }
    for wire in list.cases {
        match wire.number.parse::<CaseNumber>() {
            Ok(number) => {
                let old = before.get(&number);
                cases.insert(number, case(wire, old, capabilities));
            }
            Err(error) => problem(&wire.number, error.to_string()),
        }
    }
    (cases, problems)
}

fn case(wire: PortalCase, old: Option<&Case>, capabilities: Capabilities) -> Case {
    let version = wire.version.unwrap_or_default();
    let product = wire.products.into_iter().next().unwrap_or_default();
    let kept = |tells: bool| old.filter(|_| !tells);
    // Every case has these; a face that does not tell them leaves them as they were.
    let account = wire.account.or_else(|| Some(old?.account.clone()));
    let owner = wire.owner.or_else(|| Some(old?.owner.clone()));
    let description = wire.description.or_else(|| Some(old?.description.clone()));
    let Ok(status) = wire.status.as_deref().unwrap_or_default().parse::<CaseStatus>();
    Case {
        owner: owner.unwrap_or_default(),
        severity: wire.severity.unwrap_or_default(),
        account: account.unwrap_or_default(),
        problem: wire.summary.unwrap_or_default(),
        closeddate: wire.closed.filter(|_| !status.is_open()),
        status,
        createdate: wire.created.unwrap_or_default(),
        last_update: wire.modified.unwrap_or_default(),
        product: format!("{product} {version}").trim().to_owned(),
        product_version: version,
        description: description.unwrap_or_default(),
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
        cases(list, before, capabilities).0.into_values().next().unwrap()
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
    fn an_open_case_has_no_close_date_and_absent_members_are_empty() {
        let open = PortalCase { status: Some("Waiting on Customer".into()), ..wire() };
        assert_eq!(convert(open, &Cases::new(), ALL).closeddate, None);
        let bare = PortalCase { number: "1".into(), ..PortalCase::default() };
        assert_eq!(convert(bare, &Cases::new(), ALL), Case::default());
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
        let (cases, problems) = cases(CaseList { cases: vec![bad, wire()], skipped: 3 }, &Cases::new(), ALL);
        assert_eq!((cases.len(), problems.len()), (1, 2));
        assert!(problems[0].reason.starts_with("3 rows"), "{problems:?}");
        assert_eq!(problems[1].entry, "12x");
    }
}
