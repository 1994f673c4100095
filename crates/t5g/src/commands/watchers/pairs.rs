//! Which people and which cases: from the command line or from a file.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use t5g_model::names::CaseNumber;

use crate::load;

/// The longest list of pairs that is read from standard input, in bytes.
const LARGEST: u64 = 1 << 20;

/// People and cases, each once, in the order in which they were named. Every person goes with every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pairs {
    pub(super) users: Vec<String>,
    pub(super) cases: Vec<CaseNumber>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFile {
    #[serde(default)]
    users: Vec<String>,
    cases: Vec<Number>,
}

/// A case's number, which some write without its quotes and so without its first zeros.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Bare(u32),
}

impl Pairs {
    pub(super) fn new(users: &[String], cases: Vec<CaseNumber>) -> Result<Self> {
        let mut pairs = Self { users: Vec::new(), cases: Vec::new() };
        for user in users {
            let user = user.trim();
            if user.is_empty() || user.chars().any(|c| c.is_control() || c.is_whitespace()) {
                bail!("{user:?} is no login");
            }
            if !pairs.users.iter().any(|known| known.eq_ignore_ascii_case(user)) {
                pairs.users.push(user.to_owned());
            }
        }
        for case in cases {
            if !pairs.cases.contains(&case) {
                pairs.cases.push(case);
            }
        }
        Ok(pairs)
    }

    pub(super) fn read(file: &Path) -> Result<Self> {
        let text = if file == Path::new("-") {
            let mut text = String::new();
            std::io::stdin().lock().take(LARGEST).read_to_string(&mut text).context("standard input")?;
            text
        } else {
            load::read_small(file).with_context(|| format!("{} cannot be read", file.display()))?
        };
        Self::parse(&text).with_context(|| format!("{} holds no people and cases", file.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let file: WireFile = serde_json::from_str(text)?;
        let number = |number: &Number| -> Result<CaseNumber> {
            match number {
                Number::Text(text) => Ok(text.trim().parse()?),
                Number::Bare(number) => Ok(format!("{number:08}").parse()?),
            }
        };
        let cases = file.cases.iter().map(number).collect::<Result<_>>()?;
        Self::new(&file.users, cases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_people_and_cases_each_once() {
        let pairs =
            Pairs::parse(r#"{"users": ["ann", " bob ", "Ann"], "cases": ["01234567", 1234567, "01234568"]}"#);
        let pairs = pairs.unwrap();
        assert_eq!(pairs.users, ["ann", "bob"]);
        assert_eq!(pairs.cases.iter().map(CaseNumber::as_str).collect::<Vec<_>>(), ["01234567", "01234568"]);
        assert!(Pairs::parse(r#"{"cases": ["01234567"]}"#).unwrap().users.is_empty());
        for bad in [
            "",
            "[]",
            r#"{"users": ["a"]}"#,
            r#"{"users": [""], "cases": []}"#,
            r#"{"users": ["a b"], "cases": []}"#,
            r#"{"users": ["a"], "cases": ["x12"]}"#,
            r#"{"users": ["a"], "cases": ["01234567"], "mail": true}"#,
        ] {
            assert!(Pairs::parse(bad).is_err(), "{bad}");
        }
    }
}
