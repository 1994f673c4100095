//! Licences, sources and known defects of what others wrote: with `cargo deny` where it is installed, and npm's audit
//! where it can be asked. What could not be looked at is said, and is no failure: CI may be without a network.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::sh;

/// Folders with npm packages.
const FOLDERS: [&str; 2] = ["frontend", "e2e/browser"];

/// `cargo xtask supply`
pub(crate) fn run(_: &[String]) -> Result<()> {
    crates()?;
    for folder in FOLDERS {
        npm(folder)?;
    }
    Ok(())
}

fn crates() -> Result<()> {
    if !sh::works("cargo", &["deny", "--version"]) {
        eprintln!(
            "NOT LOOKED AT: licences, sources and defects of crates; install it: cargo install --locked cargo-deny"
        );
        return Ok(());
    }
    sh::call("cargo", &["deny", "--locked", "check", "licenses", "bans", "sources"])?;
    let mut command = sh::command("cargo");
    command.args(["deny", "--locked", "check", "advisories"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().context("cargo deny cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    eprint!("{said}");
    match advisories(output.status.success(), &said) {
        Advisories::None => Ok(()),
        Advisories::NotAsked => {
            eprintln!("NOT LOOKED AT: defects of crates; the list of them cannot be fetched");
            Ok(())
        }
        Advisories::Some => bail!("cargo deny knows of defects, see above"),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Advisories {
    None,
    NotAsked,
    Some,
}

fn advisories(well: bool, said: &str) -> Advisories {
    // A finding is told even where the list could not be renewed.
    let is_found = said.contains("error[vulnerability]")
        || said.contains("error[unsound]")
        || said.contains("error[yanked]");
    match (well, is_found) {
        (true, _) => Advisories::None,
        (false, false) if said.contains("failed to fetch") => Advisories::NotAsked,
        _ => Advisories::Some,
    }
}

fn npm(folder: &str) -> Result<()> {
    let mut command = sh::command("npm");
    command
        .args(["audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=15000"])
        .current_dir(sh::root().join(folder));
    let output = command.stderr(Stdio::null()).output().context("npm cannot be started")?;
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    match vulnerable(&answer) {
        Some(0) => {
            eprintln!("{folder}: npm knows of no defect");
            Ok(())
        }
        Some(count) => bail!("{folder}: npm knows of {count} packages with defects; see npm audit there"),
        None => {
            eprintln!("NOT LOOKED AT: defects of the packages in {folder}; npm cannot ask for them");
            Ok(())
        }
    }
}

/// How many packages have a defect that is more than low; `None`: there was no answer.
fn vulnerable(answer: &Value) -> Option<u64> {
    let counts = answer.pointer("/metadata/vulnerabilities")?;
    let levels = ["moderate", "high", "critical"];
    Some(levels.iter().filter_map(|level| counts.get(level)?.as_u64()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_is_told_from_none() {
        let counts = json!({ "metadata": { "vulnerabilities": { "low": 4, "high": 2, "critical": 1 } } });
        assert_eq!(vulnerable(&counts), Some(3));
        assert_eq!(vulnerable(&json!({ "metadata": { "vulnerabilities": { "low": 4 } } })), Some(0));
        assert_eq!(vulnerable(&json!({ "error": { "code": "ENOAUDIT" } })), None);
        assert_eq!(vulnerable(&Value::Null), None);
    }

    #[test]
    fn a_finding_is_never_taken_for_a_missing_network() {
        assert_eq!(advisories(true, ""), Advisories::None);
        assert_eq!(advisories(false, "failed to fetch advisory database"), Advisories::NotAsked);
        assert_eq!(advisories(false, "failed to fetch\nerror[vulnerability]: x"), Advisories::Some);
        assert_eq!(advisories(false, "something else"), Advisories::Some);
    }
}
