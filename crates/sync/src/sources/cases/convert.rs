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
    let Ok(status) = wire.status.as_deref().unwrap_or_default().parse::<CaseStatus>();
    Case {
        owner: wire.owner.unwrap_or_default(),
        severity: wire.severity.unwrap_or_default(),
        account: wire.account.unwrap_or_default(),
        problem: wire.summary.unwrap_or_default(),
        closeddate: wire.closed.filter(|_| !status.is_open()),
        status,
        createdate: wire.created.unwrap_or_default(),
        last_update: wire.modified.unwrap_or_default(),
        product: format!("{product} {version}").trim().to_owned(),
        product_version: version,
        description: wire.description.unwrap_or_default(),
        bug: wire.bug.or_else(|| kept(capabilities.bugs_and_tags)?.bug.clone()),
        tags: kept(capabilities.bugs_and_tags).map_or(wire.tags, |old| old.tags.clone()),
    }
}
