//! The documents that lie in the Python dashboard's Redis: their sizes, what of them cannot be read, and where this
//! program shows something else from the same data.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use t5g_model::documents::{Cards, Document, read};
use t5g_model::names::CardStatus;
use t5g_store::documents::Documents;

use crate::doctor::Finding;

/// Entries of one document that are told one by one.
const MOST_TOLD: usize = 20;
const MB: f64 = 1e6;

/// Reads every document.
pub(super) async fn examine(store: &Documents) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in Document::ALL {
        let what = format!("document {document}");
        match store.read(*document).await {
            Ok(None) => {
                let found = "there is none";
                findings.push(Finding::notice(
                    what,
                    found,
                    "it is fetched at the first start; until then it is empty",
                ));
            }
            Ok(Some(stored)) => {
                findings.extend(content(*document, &what, &stored.bytes));
                findings.extend(differs(*document, &stored.bytes));
            }
            Err(error) => findings.push(Finding::wrong(what, error.to_string(), "look at the key in Redis")),
        }
    }
    findings
}

/// Whether it can be read, and each entry that cannot.
fn content(document: Document, what: &str, bytes: &[u8]) -> Vec<Finding> {
    let problems = match read::check(document, bytes) {
        Ok(problems) => problems,
        Err(error) => {
            let mend = "the Python dashboard cannot read it either; let its worker fetch it again";
            return vec![Finding::wrong(what, error.to_string(), mend)];
        }
    };
    let size = format!("{:.1} MB, {}", bytes.len() as f64 / MB, entries(bytes));
    if problems.is_empty() {
        return vec![Finding::ok(what, size)];
    }
    let mend = "mend them where they come from; until then they are not shown";
    let found = format!("{size}, of which {} cannot be read as they should", problems.count());
    let mut findings = vec![Finding::notice(what, found, mend)];
    let told = problems.first().iter().take(MOST_TOLD);
    findings
        .extend(told.map(|one| Finding::notice(format!("{what}, {}", one.entry), &one.reason, "see above")));
    findings
}

fn entries(bytes: &[u8]) -> String {
    let members = serde_json::from_slice::<BTreeMap<String, &RawValue>>(bytes).map(|all| all.len());
    let count = members.or_else(|_| serde_json::from_slice::<Vec<IgnoredAny>>(bytes).map(|all| all.len()));
    count.map_or_else(|_| "one value".to_owned(), |count| format!("{count} entries"))
}

/// What the same document looks like there and here, where that is not the same.
fn differs(document: Document, bytes: &[u8]) -> Vec<Finding> {
    match document {
        Document::Cards => read::cards(bytes).map(|cards| of_cards(&cards.value)).unwrap_or_default(),
        Document::Bugs => {
            serde_json::from_slice(bytes).ok().and_then(|bugs| of_bugs(&bugs)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

const WHY: &str = "docs/migrating.md says why";

fn of_cards(cards: &Cards) -> Vec<Finding> {
    let mut findings = Vec::new();
    let silent = cards.values().filter(|card| card.comments.as_ref().is_none_or(Vec::is_empty)).count();
    if silent > 0 {
        let found = format!(
            "{silent} of {} have no comment: the Python dashboard leaves them out of its pages of all cards, here they \
             are shown",
            cards.len()
        );
        findings.push(Finding::notice("cards without comments", found, WHY));
    }
    let foreign: BTreeSet<&str> = cards
        .values()
        .map(|card| &card.card_status)
        .filter(|status| matches!(status, CardStatus::Other(_)))
        .map(CardStatus::as_str)
        .collect();
    if !foreign.is_empty() {
        let found =
            format!("shown by their own names: {}", foreign.into_iter().collect::<Vec<_>>().join(", "));
        findings.push(Finding::notice("card statuses without a place", found, "map them: jira.status_map"));
    }
    findings
}

/// Bugs are told apart by type there: a number and a text of the same digits are two.
fn of_bugs(bugs: &Value) -> Option<Finding> {
    let lists = bugs.as_object()?.values().filter_map(Value::as_array);
    let ids: Vec<&Value> = lists.flatten().filter_map(|bug| bug.get("bugzillaNumber")).collect();
    let by_type: BTreeSet<String> = ids.iter().map(ToString::to_string).collect();
    let by_digits: BTreeSet<String> =
        ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect();
    (by_type.len() != by_digits.len()).then(|| {
        let found = format!("{} are counted there, {} here", by_type.len(), by_digits.len());
        Finding::notice("bugs, each once", found, WHY)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bug_written_in_two_ways_is_told() {
        let bugs = serde_json::json!({
            "01234567": [{ "bugzillaNumber": 7 }, { "bugzillaNumber": "8" }],
            "01234568": [{ "bugzillaNumber": "7" }],
        });
        assert_eq!(of_bugs(&bugs).unwrap().found, "3 are counted there, 2 here");
        assert!(of_bugs(&serde_json::json!({ "1": [{ "bugzillaNumber": "8" }] })).is_none());
        assert!(of_bugs(&Value::Null).is_none());
    }

    #[test]
    fn what_cannot_be_read_is_told_entry_by_entry() {
        let found = content(Document::Cases, "document cases", br#"{"1": 7, "01234567": {}}"#);
        assert!(found.len() >= 2 && found[1].what.contains("document cases, "), "{found:?}");
        assert!(content(Document::Cases, "x", b"[")[0].mend.is_some());
    }
}
