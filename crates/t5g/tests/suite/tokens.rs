//! API tokens at the command line.

use serde_json::Value;

use crate::program::Program;

fn listed(program: &Program) -> Vec<Value> {
    let list = program.run(&["token", "list", "--json"]);
    assert_eq!(list.code, Some(0), "{}", list.err);
    serde_json::from_str(&list.out).unwrap()
}

#[test]
fn a_token_is_printed_once_and_then_only_named() {
    let program = Program::new().with("USER", "ada");
    let made =
        program.run(&["token", "create", "--name", "nightly", "--scope", "read,refresh", "--days", "30"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let token = made.out.trim();
    assert!(token.len() == 68 && token.starts_with("t5g_") && made.out.lines().count() == 1, "{}", made.out);
    assert!(!made.err.contains(&token[4..]));
    let all = listed(&program);
    assert_eq!((&all[0]["name"], &all[0]["state"]), (&"nightly".into(), &"active".into()));
    assert_eq!(
        (&all[0]["scopes"], &all[0]["created_by"]),
        (&"read refresh".into(), &"command line (ada)".into())
    );
    let table = program.run(&["token", "list"]).out;
    assert!(table.contains("nightly") && !table.contains(&token[4..]), "{table}");

    let second = program.run(&["token", "create", "--name", "other", "--scope", "admin", "--json"]);
    let second: Value = serde_json::from_str(&second.out).unwrap();
    assert_ne!(second["token"], token);
    let id = all[0]["id"].as_str().unwrap();
    assert_eq!(program.run(&["token", "revoke", id]).code, Some(0));
    let again = program.run(&["token", "revoke", id]);
    assert!(again.code == Some(1) && again.err.contains("revoked before"), "{}", again.err);
    let states: Vec<Value> = listed(&program).into_iter().map(|one| one["state"].clone()).collect();
    assert!(states.contains(&"revoked".into()) && states.contains(&"active".into()), "{states:?}");
}

#[test]
fn what_no_token_can_be_is_refused() {
    let program = Program::new();
    for (arguments, code) in [
        (&["token", "create", "--name", "x", "--scope", "all"][..], 2),
        (&["token", "create", "--name", "x"], 2),
        (&["token", "create", "--name", " ", "--scope", "read"], 1),
        (&["token", "create", "--name", "x", "--scope", "read", "--days", "0"], 1),
        (&["token", "create", "--name", "x", "--scope", "read", "--days", "5000"], 1),
        (&["token", "revoke", "nightly"], 1),
        (&["token", "revoke", "0123456789abcdef"], 1),
    ] {
        let answer = program.run(arguments);
        assert_eq!(answer.code, Some(code), "{arguments:?}: {}", answer.err);
        assert!(answer.out.is_empty());
    }
    assert!(listed(&program).is_empty());
}

#[test]
fn doctor_says_what_is_wrong_with_single_sign_on() {
    let program =
        Program::new().with("secret_key", "0123456789abcdef0123456789abcdef").with("rbac", "field-team");
    let state = |program: &Program| {
        let report = program.run(&["doctor", "--json"]);
        let findings: Vec<Value> = serde_json::from_str(&report.out).unwrap();
        let found = findings.into_iter().find(|finding| finding["what"] == "single sign-on").unwrap();
        (found["state"].as_str().unwrap().to_owned(), found["found"].as_str().unwrap().to_owned())
    };
    assert_eq!(state(&program).0, "wrong");
    let broken = Program::new().with("saml_settings", r#"{"strict": true, "sp": {"privateKey": "hunter2"}}"#);
    let (broken, found) = state(&broken);
    assert!(broken == "wrong" && found.contains("sp.entityId") && !found.contains("hunter2"), "{found}");
    let off = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    assert_eq!(state(&off), ("ok".to_owned(), "login is switched off".to_owned()));
}
