//! What holds the promise of docs/operating.md: a step only adds, so that processes of the version before go on beside
//! it; and a step that was released stays as it is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

fn folder() -> PathBuf {
    t5g_testkit::repository().join("crates/store/migrations")
}

/// Every step with its path below `migrations`.
fn steps() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for part in ["ledger", "documents"] {
        for entry in std::fs::read_dir(folder().join(part)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{part}/{}", entry.file_name().into_string().unwrap());
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    found
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn a_step_that_was_released_is_never_changed() {
    let sums = String::from_utf8(std::fs::read(folder().join("SHA256SUMS")).unwrap()).unwrap();
    let listed: BTreeMap<String, String> = sums
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect();
    let there: BTreeMap<String, String> =
        steps().into_iter().map(|(name, text)| (name, hexadecimal(&Sha256::digest(text)))).collect();
    assert_eq!(
        there, listed,
        "databases exist that were made by these steps: take back the change and write a new step; a new step is \
         entered in migrations/SHA256SUMS"
    );
}

/// What in a step would break processes of the version before.
fn too_much(step: &str) -> Vec<String> {
    let code: Vec<&str> = step.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    let statements: Vec<String> =
        code.split(';').map(|one| one.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let made: Vec<&str> =
        statements.iter().filter_map(|one| one.strip_prefix("CREATE TABLE ")?.split(' ').next()).collect();
    let is_new = |table: &str| made.contains(&table.split('(').next().unwrap_or_default());
    let adds = |one: &str| {
        let word = |begin: &str| one.strip_prefix(begin).and_then(|rest| rest.split(' ').next());
        let on = |one: &str| {
            one.split(" ON ").nth(1).map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
        };
        if let Some(table) = word("INSERT INTO ") {
            return is_new(table);
        }
        if one.starts_with("CREATE UNIQUE INDEX ") {
            return on(one).is_some_and(|table| is_new(&table));
        }
        if word("ALTER TABLE ").is_some() {
            let column = one.contains(" ADD COLUMN ") && !one.contains(" UNIQUE");
            return column && (!one.contains(" NOT NULL") || one.contains(" DEFAULT "));
        }
        one.starts_with("CREATE TABLE ") || one.starts_with("CREATE INDEX ")
    };
    statements.iter().filter(|one| !one.is_empty() && !adds(one)).cloned().collect()
}

#[test]
fn a_step_only_adds() {
    for (name, text) in steps() {
        let wrong = too_much(&String::from_utf8(text).unwrap());
        assert!(wrong.is_empty(), "{name}: processes of the version before would fail after {wrong:?}");
    }
}

#[test]
fn a_step_that_takes_away_is_found() {
    for bad in [
        "DROP TABLE runs;",
        "ALTER TABLE runs DROP COLUMN note;",
        "ALTER TABLE runs RENAME COLUMN note TO word;",
        "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL;",
        "CREATE UNIQUE INDEX runs_once ON runs (task);",
        "CREATE TABLE new (a TEXT);\nINSERT INTO runs (id) VALUES (1);",
        "UPDATE runs SET state = 'done';",
        "DELETE FROM runs;",
    ] {
        assert_eq!(too_much(bad).len(), 1, "{bad}");
    }
    for good in [
        "-- DROP TABLE is only said.\nCREATE TABLE new (a TEXT);\nCREATE UNIQUE INDEX new_once ON new (a);",
        "CREATE TABLE new (a TEXT); INSERT INTO new (a) VALUES ('x');",
        "ALTER TABLE runs ADD COLUMN note TEXT; CREATE INDEX runs_noted ON runs (note);",
        "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';",
    ] {
        assert!(too_much(good).is_empty(), "{good}");
    }
}
