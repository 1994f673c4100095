//! From what the identity provider says to a person with a role; and keeping what it said where the Python
//! dashboard keeps it too.

use std::collections::BTreeMap;

use serde_json::Value;
use t5g_model::documents::Document;
use t5g_saml::Login;
use t5g_store::StoreError;
use t5g_store::documents::{Documents, Guard};
use t5g_store::ledger::Person;

use super::consume::Refused;
use crate::access::RoleGroups;
use crate::app::AppState;

/// The attribute that says who it is, for ever.
const ID: &str = "rhatUUID";
/// The attribute that says what they are called.
const NAME: &str = "givenName";
/// The attribute that says their mail address.
const MAIL: &str = "mail";
/// The attribute that says which groups they are in.
pub(super) const GROUPS: &str = "memberOf";

/// How often writing is tried while others write too.
const TRIES: u32 = 5;

/// Who signs in, and as what; without a role they are let in nowhere.
pub(super) fn person(login: &Login, groups: &RoleGroups) -> Result<Person, Refused> {
    let values = |name: &str| login.attributes.get(name).map(Vec::as_slice).unwrap_or_default();
    let first = |name: &str| values(name).iter().map(|value| value.trim()).find(|value| !value.is_empty());
    let [subject] = values(ID) else { return Err(Refused::Lacks(ID)) };
    let subject = subject.trim();
    if subject.is_empty() {
        return Err(Refused::Lacks(ID));
    }
    let mail = first(MAIL).map(str::to_owned);
    let mut member_of = values(GROUPS).to_vec();
    // Of very many groups only the first are kept, and roles are computed anew from these.
    member_of.sort_by_key(|group| groups.role_of(std::slice::from_ref(group)).is_none());
    let role = groups.role_of(&member_of);
    Ok(Person {
        provider: login.issuer.clone(),
        subject: subject.to_owned(),
        name: first(NAME).map(str::to_owned).or_else(|| mail.clone()).unwrap_or_else(|| subject.to_owned()),
        mail,
        attributes: login.attributes.clone(),
        groups: member_of,
        role,
    })
}

/// Why somebody without a role is not let in.
pub(super) fn no_role(person: Person) -> Refused {
    let word_of_groups = !person.groups.is_empty();
    let person = Box::new(person);
    if word_of_groups { Refused::NoGroup(person) } else { Refused::NoWordOfGroups(person) }
}

/// Puts the attributes under the person's id into the document `users`. If that does not work, the sign-in goes
/// on: nothing of ours is read from there.
pub(super) async fn keep_attributes(app: &AppState, person: &Person) {
    if let Err(reason) = put(app.documents(), &person.subject, &person.attributes).await {
        tracing::warn!(reason, "the attributes of who signed in are not kept in the document users");
    }
}

async fn put(
    documents: &Documents,
    subject: &str,
    attributes: &BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    for _ in 0..TRIES {
        let stored = documents.read(Document::Users).await.map_err(|error| error.to_string())?;
        let fingerprint = stored.as_ref().map(|stored| stored.fingerprint);
        let mut users = match &stored {
            None => serde_json::Map::new(),
            Some(stored) => match serde_json::from_slice(&stored.bytes) {
                Ok(Value::Object(users)) => users,
                // What cannot be read is not thrown away.
                Ok(_) => return Err("it is no object".to_owned()),
                Err(error) => return Err(format!("it cannot be read: {error}")),
            },
        };
        let ours = serde_json::json!(attributes);
        if users.get(subject) == Some(&ours) {
            return Ok(());
        }
        users.insert(subject.to_owned(), ours);
        let text = Value::Object(users).to_string();
        let guard = Guard { unchanged: Some((Document::Users, fingerprint)), fence: None };
        match documents.replace(&[(Document::Users, text.into())], &guard).await {
            Err(StoreError::Conflict { .. }) => {}
            done => return done.map_err(|error| error.to_string()),
        }
    }
    Err("others write it all the time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use t5g_model::names::Role;
    use t5g_saml::Subject;

    fn login(attributes: &[(&str, &[&str])]) -> Login {
        let values = |values: &[&str]| values.iter().map(ToString::to_string).collect();
        Login {
            issuer: "https://idp.example".into(),
            assertion_id: "_a".into(),
            replay_until: chrono::DateTime::UNIX_EPOCH,
            subject: Subject { name_id: "n".into(), name_id_format: None, session_index: None },
            session_until: None,
            attributes: attributes.iter().map(|(name, of)| ((*name).to_owned(), values(of))).collect(),
        }
    }

    fn seen(attributes: &[(&str, &[&str])]) -> Result<Person, Refused> {
        let groups = RoleGroups { viewers: vec!["field".into()], ..RoleGroups::default() };
        person(&login(attributes), &groups)
    }

    const FIELD: (&str, &[&str]) = ("memberOf", &["cn=other,dc=x", "cn=field,dc=x"]);

    #[test]
    fn who_they_are_is_said_exactly_once() {
        let person =
            seen(&[("rhatUUID", &[" u1 "]), ("givenName", &["Ada"]), ("mail", &["a@x"]), FIELD]).unwrap();
        assert_eq!((person.subject.as_str(), person.name.as_str()), ("u1", "Ada"));
        assert_eq!((person.mail.as_deref(), person.role), (Some("a@x"), Some(Role::Viewer)));
        for bad in [
            &[FIELD][..],
            &[("rhatUUID", &[]), FIELD],
            &[("rhatUUID", &[" "]), FIELD],
            &[("rhatUUID", &["u1", "u2"]), FIELD],
        ] {
            assert_eq!(seen(bad), Err(Refused::Lacks("rhatUUID")), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_found_where_one_is_missing() {
        assert_eq!(seen(&[("rhatUUID", &["u1"]), ("mail", &["", "a@x"]), FIELD]).unwrap().name, "a@x");
        assert_eq!(seen(&[("rhatUUID", &["u1"]), ("givenName", &[" "]), FIELD]).unwrap().name, "u1");
    }

    #[test]
    fn no_group_and_no_word_of_groups_are_told_apart() {
        let refused = |attributes: &[(&str, &[&str])]| {
            let person = seen(attributes).unwrap();
            assert_eq!((person.subject.as_str(), person.role), ("u1", None));
            no_role(person)
        };
        assert!(matches!(refused(&[("rhatUUID", &["u1"])]), Refused::NoWordOfGroups(_)));
        let other = refused(&[("rhatUUID", &["u1"]), ("memberOf", &["cn=fieldwork,dc=x"])]);
        assert!(matches!(other, Refused::NoGroup(_)));
    }
}
