//! Licences, sources and known defects of what others wrote: with `cargo deny`, and npm's audit where it can be asked.
//! What could not be looked at is said, and is no failure: CI may be without a network.

mod tool;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::sh;

/// Folders with npm packages.
const FOLDERS: [&str; 2] = ["frontend", "e2e/browser"];

/// How cargo-deny calls its copy of RustSec's list: made of the list's address.
const COPY: &str = "advisory-db-3157b0e258782691";

/// `cargo xtask supply [FOLDER]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match arguments {
        [] => crates(None)?,
        [folder] if !folder.starts_with('-') => crates(Some(Path::new(folder)))?,
        _ => bail!("one folder is expected, with a clone of RustSec's list, or nothing to have it fetched"),
    }
    for folder in FOLDERS {
        npm(folder)?;
    }
    Ok(())
}

fn crates(list: Option<&Path>) -> Result<()> {
    let Some(tool) = tool::cargo_deny()? else {
        eprintln!(
            "NOT LOOKED AT: licences, sources and defects of crates; install it: cargo install --locked cargo-deny"
        );
        return Ok(());
    };
    sh::run(tool.command().args(["--locked", "check", "licenses", "bans", "sources"]))?;
    let mut command = tool.command();
    command.arg("--locked");
    if let Some(list) = list {
        command.arg("--offline").arg("--config").arg(with_list(list)?);
    }
    command.args(["check", "advisories"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().context("cargo deny cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    eprint!("{said}");
    match advisories(output.status.success(), &said) {
        Advisories::None => {
            eprintln!("RustSec knows of no defect of these crates but those that deny.toml names");
            Ok(())
        }
        Advisories::NotAsked => {
            eprintln!(
                "NOT LOOKED AT: defects of crates; the list of them cannot be fetched; with a clone of it: cargo \
                 xtask supply FOLDER"
            );
            Ok(())
        }
        Advisories::Some => bail!("cargo deny knows of defects, see above"),
    }
}

/// Settings for cargo-deny with which it takes this clone of the list for what it fetched itself.
fn with_list(list: &Path) -> Result<PathBuf> {
    let folder = sh::target().join("advisories");
    let copy = folder.join(COPY);
    if copy.exists() {
        std::fs::remove_dir_all(&copy).with_context(|| format!("{} cannot be removed", copy.display()))?;
    }
    sh::run(sh::command("git").args(["clone", "--quiet"]).arg(list).arg(&copy))?;
    // When it was fetched; its age is the newest commit's, and is told.
    std::fs::write(copy.join(".git/FETCH_HEAD"), "").context("the list's copy cannot be written to")?;
    let mut newest = sh::command("git");
    newest.args(["log", "-1", "--format=RustSec's list of %cs"]).current_dir(&copy);
    eprint!("{}", sh::output(&mut newest)?);
    let settings = std::fs::read_to_string(sh::root().join("deny.toml")).context("deny.toml")?;
    let file = folder.join("deny.toml");
    std::fs::write(&file, pointed(&settings, &folder)?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(file)
}

/// The settings with the list's folder in them.
fn pointed(settings: &str, folder: &Path) -> Result<String> {
    let (before, after) =
        settings.split_once("[advisories]\n").context("deny.toml has no section [advisories]")?;
    let folder = serde_json::to_string(&folder.to_string_lossy())?;
    Ok(format!("{before}[advisories]\ndb-path = {folder}\nmaximum-db-staleness = \"P365D\"\n{after}"))
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
    fn the_rest_of_the_settings_stays() {
        let made = pointed("[bans]\na = 1\n[advisories]\nignore = []\n", Path::new("/x \"y\"")).unwrap();
        let wanted = "[bans]\na = 1\n[advisories]\ndb-path = \"/x \\\"y\\\"\"\nmaximum-db-staleness = \"P365D\"\nignore = []\n";
        assert_eq!(made, wanted);
        assert!(pointed("[bans]\n", Path::new("x")).is_err());
    }

    #[test]
    fn a_finding_is_never_taken_for_a_missing_network() {
        assert_eq!(advisories(true, ""), Advisories::None);
        assert_eq!(advisories(false, "failed to fetch advisory database"), Advisories::NotAsked);
        assert_eq!(advisories(false, "failed to fetch\nerror[vulnerability]: x"), Advisories::Some);
        assert_eq!(advisories(false, "something else"), Advisories::Some);
    }
}
