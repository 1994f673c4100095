//! Who gets in there, and who gets in here: the Python dashboard takes an entry of `rbac` for any piece of a group's
//! name, this program for a whole name. Told from the people who signed in there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use t5g_config::Settings;
use t5g_model::documents::Document;
use t5g_store::documents::Documents;

use crate::doctor::Finding;
use crate::wiring::access;

const WHAT: &str = "people and groups";
/// Groups that are told as examples.
const MOST_TOLD: usize = 5;

/// What matters of a person.
#[derive(Debug, Default, Deserialize)]
struct Person {
    #[serde(rename = "memberOf", default)]
    groups: Option<Vec<String>>,
}

/// Compares the two for everybody in the document `users`.
pub(super) async fn examine(settings: &Settings, store: &Documents) -> Option<Finding> {
    if settings.access.viewers.is_empty() {
        return None;
    }
    let stored = match store.read(Document::Users).await {
        Ok(stored) => stored?,
        Err(error) => return Some(Finding::wrong(WHAT, error.to_string(), "look at the key in Redis")),
    };
    let people: BTreeMap<String, Person> = match serde_json::from_slice(&stored.bytes) {
        Ok(people) => people,
        Err(error) => {
            let found = format!("the groups in document users cannot be read: {error}");
            return Some(Finding::notice(WHAT, found, "compare by hand whom rbac lets in: docs/sso.md"));
        }
    };
    Some(compare(settings, people.into_values().map(|person| person.groups.unwrap_or_default())))
}

fn compare(settings: &Settings, people: impl Iterator<Item = Vec<String>>) -> Finding {
    let entries = &settings.access.viewers;
    let roles = access::groups(settings);
    let (mut there, mut here, mut lost) = (0_u32, 0_u32, 0_u32);
    let mut only_pieces = BTreeSet::new();
    for groups in people {
        let pieces: Vec<&String> = groups
            .iter()
            .filter(|group| entries.iter().any(|entry| group.contains(entry.as_str())))
            .collect();
        let is_in = roles.role_of(&groups).is_some();
        there += u32::from(!pieces.is_empty());
        here += u32::from(is_in);
        if !pieces.is_empty() && !is_in {
            lost += 1;
            only_pieces.extend(pieces.into_iter().cloned());
        }
    }
    let found = format!("of those who signed in there, {there} get in there and {here} here");
    if lost == 0 {
        return Finding::ok(WHAT, found);
    }
    let told = only_pieces.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; ");
    Finding::wrong(
        WHAT,
        format!("{found}; {lost} would be shut out: rbac matches only a piece of their groups"),
        format!("name the whole groups in rbac, such as those that matched: {told}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Global;
    use crate::doctor::State;
    use crate::load;

    #[test]
    fn who_got_in_by_a_piece_of_a_name_is_found() {
        let pairs = [("rbac".to_owned(), "field,cn=leads".to_owned())];
        let settings = load::from_pairs(&Global::default(), &pairs).unwrap();
        let compared = |groups: &[&[&str]]| {
            compare(&settings, groups.iter().map(|own| own.iter().map(ToString::to_string).collect()))
        };
        let lost = compared(&[&["x-field-team"], &["field"], &["cn=leads,ou=x"], &["other"]]);
        assert_eq!(lost.state, State::Wrong);
        assert!(lost.found.contains("3 get in there and 2 here; 1 would"), "{}", lost.found);
        assert!(lost.mend.unwrap().contains("x-field-team"));
        assert_eq!(compared(&[&["field"], &["other"]]).state, State::Ok);
    }
}
