//! Prometheus' own judgement of what it gets from us: promtool reads its settings and rules, and plays the alerts' cases.

use anyhow::{Result, ensure};

use crate::deploy::CASES;
use crate::{need, sh};

/// Where they are.
const FOLDER: &str = "deploy/prometheus";

/// `cargo xtask alerts`
pub(crate) fn run(_: &[String]) -> Result<()> {
    need::prometheus()?;
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(sh::root().join(FOLDER))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(CASES) {
            cases.push(format!("{FOLDER}/{name}"));
        }
    }
    cases.sort();
    ensure!(!cases.is_empty(), "{FOLDER} has no *{CASES}");
    // The settings name the rules, which are read with them.
    sh::call("promtool", &["check", "config", &format!("{FOLDER}/prometheus.yaml")])?;
    let mut arguments = vec!["test", "rules"];
    arguments.extend(cases.iter().map(String::as_str));
    sh::call("promtool", &arguments)
}
