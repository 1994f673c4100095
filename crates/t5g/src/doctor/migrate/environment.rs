//! The environment: which names are known, which mean something else here, which mean nothing.

use t5g_config::{Field, Loaded, Settings};

use super::Given;
use crate::doctor::Finding;

/// Names that both know and that do not mean quite the same here.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "SVC_PORT",
        "the port alone: pages are served on 127.0.0.1, not on every address",
        "behind a proxy on another machine, set T5G_LISTEN, such as 0.0.0.0:8080",
    ),
    (
        "FLASK_LOGIN_DISABLED",
        "without login it serves a loopback address and nothing that came through a proxy",
        "for other people, set up single sign-on: docs/sso.md",
    ),
    (
        "POSTGRESQL_SERVICE_HOST",
        "this database holds the ledger (runs, sessions, tokens, audit) in tables of its own",
        "a database of its own keeps the two apart; the way back does not need it",
    ),
    (
        "secret_key",
        "signs sessions of this program; those of the Python dashboard do not carry over",
        "people sign in once more",
    ),
];

/// Everything there is to say about the variables.
pub(super) fn examine(given: &Given, loaded: &Loaded) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(why) = &given.refused {
        findings.push(Finding::wrong(
            "settings",
            why.clone(),
            "mend what is named here; then a server starts",
        ));
    }
    findings.extend(
        loaded
            .notices
            .iter()
            .map(|notice| Finding::notice("settings", notice.clone(), "take it out, or correct it")),
    );
    for (name, _) in given.variables.iter().filter(|(_, value)| !is_empty(value)) {
        match field_of(name) {
            Some(field) => findings.push(known(name, &field, loaded)),
            None if given.is_file && !is_told_elsewhere(name) => {
                let found = "no setting of this program has that name: it has no effect";
                findings.push(Finding::notice(
                    name,
                    found,
                    "nothing to do if the Python dashboard alone needs it",
                ));
            }
            None => {}
        }
    }
    findings
}

/// Whether it sets nothing: quotes around it do not count.
fn is_empty(value: &str) -> bool {
    value.trim().trim_matches(['"', '\'']).trim().is_empty()
}

/// Names with our beginning are told by whoever reads the settings.
fn is_told_elsewhere(name: &str) -> bool {
    name.starts_with("t5g_") || name.starts_with("T5G_")
}

fn known(name: &str, field: &Field, loaded: &Loaded) -> Finding {
    let path = field.path();
    let shown = loaded.effective.iter().find(|entry| entry.key == path).and_then(|entry| entry.value.clone());
    let means = format!("{path} = {}", shown.unwrap_or_else(|| "-".to_owned()));
    if let Some((_, differs, mend)) = OTHERWISE.iter().find(|(known, ..)| *known == name) {
        return Finding::notice(name, format!("{means}; {differs}"), *mend);
    }
    let docs = field.docs.join(" ");
    match docs.split(". ").find(|sentence| sentence.contains("without effect")) {
        Some(sentence) => Finding::notice(name, format!("{means}; {}", sentence.trim()), "nothing to do"),
        None => Finding::ok(name, means),
    }
}

/// The setting that a variable sets.
fn field_of(name: &str) -> Option<Field> {
    let fields = Settings::SECTIONS.iter().flat_map(|section| section.fields);
    let is_it = |field: &&Field| {
        let mut names = field.old.iter().map(|old| (*old).to_owned()).chain([field.env_name()]);
        let bare = name.strip_prefix("t5g_").unwrap_or(name);
        names.any(|known| {
            let twin = field.is_secret() && name.strip_suffix("_FILE") == Some(known.as_str());
            known == name || twin || (known == bare && field.old.contains(&bare))
        })
    };
    fields.into_iter().find(is_it).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_means_something_else_is_a_name_of_a_setting() {
        for (name, ..) in OTHERWISE {
            assert!(field_of(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_are_found_in_all_their_forms() {
        for name in ["rbac", "t5g_rbac", "T5G_ACCESS_VIEWERS"] {
            assert_eq!(field_of(name).unwrap().path(), "access.viewers", "{name}");
        }
        assert_eq!(field_of("jira_pass_FILE").unwrap().path(), "jira.password");
        for name in ["PATH", "rbac_FILE", "t5g_nothing"] {
            assert!(field_of(name).is_none(), "{name}");
        }
    }
}
