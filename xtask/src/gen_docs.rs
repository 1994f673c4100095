//! Pages that are generated: each from the program that they describe, so that they cannot say otherwise. And the cluster's
//! alert rules, from the file of alerts.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::{deploy, sh};

/// A page in docs/ and the arguments with which `t5g` prints it.
const PAGES: &[(&str, &[&str])] = &[
    ("docs/configuration.md", &["config", "docs"]),
    ("docs/t5g.toml", &["config", "docs", "--sample"]),
    ("docs/cli.md", &["man", "--markdown"]),
    ("docs/tasks.md", &["schedule", "docs"]),
    ("docs/openapi.json", &["openapi"]),
    ("docs/metrics.md", &["metrics"]),
];

/// The alerts, and the same for a cluster.
const ALERTS: (&str, &str) =
    ("deploy/prometheus/t5g-alerts.yaml", "deploy/kubernetes/base/prometheusrule.yaml");

/// `cargo xtask gen`
pub(crate) fn run(_: &[String]) -> Result<()> {
    std::fs::create_dir_all(sh::root().join("docs")).context("docs/ cannot be made")?;
    for (path, text) in pages()? {
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    Ok(())
}

/// Every generated page as it should be.
pub(crate) fn pages() -> Result<Vec<(PathBuf, String)>> {
    // With the whole workspace's features, so that nothing is compiled again for the tests.
    sh::call("cargo", &["build", "--workspace", "--bin", "t5g"])?;
    let program = sh::target().join("debug/t5g");
    let page = |(path, arguments): &(&str, &[&str])| {
        let mut command = sh::command(&program.to_string_lossy());
        // Nothing of whoever runs it may show in a page.
        command.args(*arguments).env_clear();
        Ok((sh::root().join(path), sh::output(&mut command)?))
    };
    let (alerts, rules) = ALERTS;
    let alerts = std::fs::read_to_string(sh::root().join(alerts)).context(alerts)?;
    let rules = (sh::root().join(rules), deploy::cluster_rules(&alerts));
    PAGES.iter().map(page).chain([Ok(rules)]).collect()
}
