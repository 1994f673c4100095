//! What the ledger must do with people and their roles, on every database.

use std::collections::BTreeSet;

use t5g_model::names::Role;
use t5g_store::ledger::{AccountId, Ledger, Person, SecretDigest, TokenMade};

use super::{account, goes_on, minute, person, session, token};

pub(crate) async fn people_are_known_by_provider_and_subject(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let first = ledger.enrol(&person("u1", Role::Viewer), minute(0)).await.unwrap();
    assert_eq!((first.previous_role, first.blocked), (None, false));
    let renamed = Person { name: "Ada L.".into(), mail: None, ..person("u1", Role::Admin) };
    let again = ledger.enrol(&renamed, minute(5)).await.unwrap();
    assert_eq!((&again.id, again.previous_role), (&first.id, Some(Role::Viewer)));
    let kept = ledger.account(&first.id).await.unwrap().unwrap();
    assert_eq!((kept.first_login, kept.last_login), (minute(0), minute(5)));
    assert_eq!(kept.person, renamed);

    // The same mail and the same id at another provider are other people.
    let elsewhere = Person { provider: "https://other.example".into(), ..person("u1", Role::Viewer) };
    let other = ledger.enrol(&elsewhere, minute(6)).await.unwrap();
    assert_ne!(other.id, first.id);
    assert_ne!(AccountId::of("ab", "c"), AccountId::of("a", "bc"));

    let names = async |text: &str, skip, limit| -> Vec<String> {
        let found = ledger.accounts(text, skip, limit).await.unwrap();
        found.into_iter().map(|account| account.person.name).collect()
    };
    assert_eq!(names("", 0, 10).await, ["Ada u1", "Ada L."], "who signed in last comes first");
    assert_eq!(names("ADA l", 0, 10).await, ["Ada L."]);
    assert_eq!(names("u1@EXAMPLE", 0, 10).await, ["Ada u1"]);
    assert_eq!(names("", 1, 1).await, ["Ada L."]);
    assert!(names("%", 0, 10).await.is_empty());
    assert_eq!(ledger.account(&AccountId::of("no", "body")).await.unwrap(), None);
}

pub(crate) async fn who_is_shut_out_has_no_session_and_no_token(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (ada, bob) = (account(&ledger, "ada", Role::Admin).await, account(&ledger, "bob", Role::Admin).await);
    assert!(ledger.begin_session(&session("s-ada", &ada, "ada", "1")).await.unwrap());
    assert!(ledger.begin_session(&session("s-bob", &bob, "bob", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t-ada", Some(&ada))).await.unwrap(), TokenMade::Done);
    assert!(ledger.block(&ada, "bob", minute(1)).await.unwrap());
    assert!(!ledger.block(&ada, "bob", minute(2)).await.unwrap(), "once is enough");
    assert!(!goes_on(&ledger, "s-ada", 2).await && goes_on(&ledger, "s-bob", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-ada"), minute(2), minute(-1)).await.unwrap(), None);
    let refused = ledger.enrol(&person("ada", Role::Viewer), minute(3)).await.unwrap();
    assert!(refused.blocked);
    let kept = ledger.account(&ada).await.unwrap().unwrap();
    assert_eq!((kept.person.role, kept.last_login), (Some(Role::Admin), minute(0)), "nothing was changed");
    assert_eq!(kept.blocked, Some((minute(1), "bob".into())));

    // Nothing that was under way begins afterwards, and so nothing comes alive when they are let in again.
    assert!(!ledger.begin_session(&session("s-late", &ada, "ada", "2")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t-late", Some(&ada))).await.unwrap(), TokenMade::OwnerShutOut);
    assert!(!goes_on(&ledger, "s-late", 2).await);
    assert!(ledger.unblock(&ada).await.unwrap() && !ledger.unblock(&ada).await.unwrap());
    assert!(!goes_on(&ledger, "s-late", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-late"), minute(2), minute(-1)).await.unwrap(), None);
    assert!(!goes_on(&ledger, "s-ada", 2).await, "what was ended stays so");
    assert!(!ledger.enrol(&person("ada", Role::Viewer), minute(4)).await.unwrap().blocked);
}

pub(crate) async fn a_lower_role_counts_at_once(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Operator).await;
    assert!(ledger.begin_session(&session("a", &ada, "ada", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t", Some(&ada))).await.unwrap(), TokenMade::Done);
    let role = async || {
        let session = ledger.session(&SecretDigest::of("a"), minute(1), minute(-30)).await.unwrap().unwrap();
        let token = ledger.token(&SecretDigest::of("t"), minute(1), minute(-1)).await.unwrap().unwrap();
        (session.role, token.owner_role.unwrap())
    };
    assert_eq!(role().await, (Role::Operator, Role::Operator));
    account(&ledger, "ada", Role::Viewer).await;
    assert_eq!(role().await, (Role::Viewer, Role::Viewer));
    account(&ledger, "ada", Role::Admin).await;
    assert_eq!(role().await, (Role::Operator, Role::Admin), "a session does not rise above what it began as");
}

pub(crate) async fn who_lost_their_role_loses_all_of_it(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let (ada, bob) = (account(&ledger, "ada", Role::Admin).await, account(&ledger, "bob", Role::Admin).await);
    for (name, id) in [("ada", &ada), ("bob", &bob)] {
        assert!(ledger.begin_session(&session(&format!("s-{name}"), id, name, "1")).await.unwrap());
        assert_eq!(
            ledger.create_token(&token(&format!("t-{name}"), Some(id))).await.unwrap(),
            TokenMade::Done
        );
    }
    let left = Person { groups: vec!["cn=other".into()], role: None, ..person("ada", Role::Admin) };
    let dropped = ledger.drop_role(&left, true, "the test", minute(1)).await.unwrap().unwrap();
    assert_eq!(
        (&dropped.id, dropped.previous_role, dropped.sessions, dropped.tokens),
        (&ada, Some(Role::Admin), 1, 1)
    );
    let again = ledger.drop_role(&left, true, "the test", minute(2)).await.unwrap().unwrap();
    assert_eq!((again.previous_role, again.sessions, again.tokens), (None, 0, 0));
    assert!(!goes_on(&ledger, "s-ada", 2).await && goes_on(&ledger, "s-bob", 2).await);
    assert_eq!(ledger.token(&SecretDigest::of("t-ada"), minute(2), minute(-1)).await.unwrap(), None);
    assert!(ledger.token(&SecretDigest::of("t-bob"), minute(2), minute(-1)).await.unwrap().is_some());
    let kept = ledger.account(&ada).await.unwrap().unwrap();
    assert_eq!((kept.person.role, kept.person.groups.as_slice()), (None, &["cn=other".to_owned()][..]));
    // Whoever was never here is not made known by being refused.
    let stranger = Person { role: None, ..person("eve", Role::Viewer) };
    assert_eq!(ledger.drop_role(&stranger, true, "the test", minute(1)).await.unwrap(), None);
    assert_eq!(ledger.accounts("", 0, 9).await.unwrap().len(), 2);
    // With a group again they come in again; what was ended stays so.
    let back = ledger.enrol(&person("ada", Role::Viewer), minute(3)).await.unwrap();
    assert_eq!(back.previous_role, None);
    // Where tokens are not to end, they are refused for a while.
    let silent = Person { groups: Vec::new(), role: None, ..person("bob", Role::Admin) };
    let dropped = ledger.drop_role(&silent, false, "the test", minute(3)).await.unwrap().unwrap();
    assert_eq!((dropped.sessions, dropped.tokens), (1, 0));
    let live = async || ledger.token(&SecretDigest::of("t-bob"), minute(4), minute(-1)).await.unwrap();
    assert_eq!(live().await, None);
    account(&ledger, "bob", Role::Viewer).await;
    assert_eq!(live().await.unwrap().owner_role, Some(Role::Viewer));
    assert!(!goes_on(&ledger, "s-ada", 3).await);
}

pub(crate) async fn a_role_can_change_without_a_sign_in(address: &str) {
    let ledger = Ledger::open(address).await.unwrap();
    let ada = account(&ledger, "ada", Role::Admin).await;
    assert!(ledger.begin_session(&session("a", &ada, "ada", "1")).await.unwrap());
    assert_eq!(ledger.create_token(&token("t", Some(&ada))).await.unwrap(), TokenMade::Done);
    let change =
        async |before, role| ledger.change_role(&ada, (before, role), "it", minute(1)).await.unwrap();
    assert!(change(Some(Role::Admin), Some(Role::Viewer)).await);
    assert!(!change(Some(Role::Admin), None).await, "somebody else was first");
    let live = async || ledger.token(&SecretDigest::of("t"), minute(1), minute(-1)).await.unwrap();
    assert_eq!(live().await.unwrap().owner_role, Some(Role::Viewer));
    assert!(goes_on(&ledger, "a", 1).await);
    assert!(change(Some(Role::Viewer), None).await);
    assert!(!goes_on(&ledger, "a", 1).await && live().await.is_none());
    assert!(change(None, Some(Role::Viewer)).await);
    assert!(!goes_on(&ledger, "a", 1).await, "what was ended stays so");
    assert!(live().await.is_some(), "a token was refused, not ended");

    for n in 0..5 {
        account(&ledger, &format!("u{n}"), Role::Viewer).await;
    }
    let (mut seen, mut after) = (BTreeSet::new(), None);
    loop {
        let page = ledger.accounts_after(after.as_ref(), 4).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page.into_iter().map(|account| account.person.subject));
    }
    assert_eq!(seen.len(), 6);
}
