//! No input panics.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::common::{load, sources};
use proptest::prelude::*;
use t5g_config::{Purpose, Settings};

fn names() -> impl Strategy<Value = String> {
    let fields = || Settings::SECTIONS.iter().flat_map(|section| section.fields);
    let own = fields().map(t5g_config::Field::env_name);
    let old = fields().flat_map(|field| field.old.iter().chain(field.standard).map(|old| (*old).to_owned()));
    let known: Vec<String> = own.chain(old).collect();
    prop_oneof![prop::sample::select(known), "T5G_[A-Z_]{0,12}(_FILE)?", "\\PC{0,8}"]
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[\"']{0,3}",
        "[0-9]{1,25}[smhd%]?",
        "(https?|redis|postgres|sqlite)://\\PC{0,20}@?\\PC{0,20}",
        "\\[\\{\"name\": ?\\PC{0,10}\\}\\]",
        Just("[".repeat(10_000)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn no_environment_panics(variables in prop::collection::vec((names(), values()), 0..6), server: bool) {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let purpose = if server { Purpose::Server } else { Purpose::Tool };
        if let Err(problems) = load(None, &variables, purpose) {
            prop_assert!(!problems.0.is_empty());
        }
    }

    #[test]
    fn no_file_panics(lines in prop::collection::vec(("[a-z_.\\[\\]]{0,14}", values()), 0..6)) {
        let text = lines.iter().map(|(key, value)| format!("{key} = {value:?}")).collect::<Vec<_>>().join("\n");
        if let Err(problems) = load(Some(&text), &[], Purpose::Tool) {
            prop_assert!(!problems.0.is_empty());
        }
    }
}

#[test]
fn values_that_are_not_utf8_are_told() {
    let mut sources = sources(None, &[]);
    sources.environment.push(("jira_project".into(), OsString::from_vec(vec![0xff, 0xfe])));
    let problems = Settings::load(&sources, Purpose::Tool).unwrap_err();
    assert!(problems.to_string().contains("not valid UTF-8"), "{problems}");
}
