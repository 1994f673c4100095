//! The page with the figures: one section for each benchmark, replaced when that one was run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::sh;

const HEAD: &str = "# Measured figures\n\nWritten by `cargo xtask bench`; do not edit. Each section says where and of \
                    which commit its figures are.\n";

/// One measured figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) unit: String,
}

/// The page, by section.
#[derive(Debug)]
pub(crate) struct Page(BTreeMap<String, String>);

fn path() -> PathBuf {
    sh::root().join("docs/performance.md")
}

impl Page {
    /// As it is now; empty if there is none.
    pub(crate) fn load() -> Result<Self> {
        if !path().exists() {
            return Ok(Self(BTreeMap::new()));
        }
        let text = std::fs::read_to_string(path()).context("docs/performance.md cannot be read")?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let sections = text.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
        Self(sections.map(|(title, body)| (title.to_owned(), body.trim().to_owned())).collect())
    }

    /// Puts these figures in the place of the section's.
    pub(crate) fn replace(&mut self, title: &str, figures: &[Figure], commit: &str) -> Result<()> {
        let mut body =
            format!("{}; commit {commit}.\n\n| figure | value | unit |\n|---|---:|---|", machine()?);
        for Figure { name, value, unit } in figures {
            body.push_str("\n| ");
            body.push_str(&[name.as_str(), value, unit].join(" | "));
            body.push_str(" |");
        }
        self.0.insert(title.to_owned(), body);
        Ok(())
    }

    fn text(&self) -> String {
        let section = |(title, body): (&String, &String)| format!("\n## {title}\n\n{body}\n");
        std::iter::once(HEAD.to_owned()).chain(self.0.iter().map(section)).collect()
    }

    /// Writes it.
    pub(crate) fn save(&self) -> Result<()> {
        std::fs::write(path(), self.text()).context("docs/performance.md cannot be written")
    }
}

/// Processor, cores and memory.
fn machine() -> Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").context("/proc/cpuinfo")?;
    let memory = std::fs::read_to_string("/proc/meminfo").context("/proc/meminfo")?;
    let after_colon = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = after_colon(&cpu, "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let kib = after_colon(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let cores = std::thread::available_parallelism().context("number of cores")?;
    Ok(format!("{model}, {cores} cores, {} GB", kib.map_or(0, |kib| kib / 1_048_576 + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sections_stay_as_they_are() {
        let figure = |value: &str| Figure { name: "build".into(), value: value.into(), unit: "ms".into() };
        let mut page = Page::parse("# x\n\n## a\n\nold a\n\n## b\n\nold b\n");
        page.replace("a", &[figure("1.5")], "abc").unwrap();
        let again = Page::parse(&page.text());
        assert_eq!(again.0["b"], "old b");
        assert!(again.0["a"].ends_with("| build | 1.5 | ms |"), "{}", again.0["a"]);
        assert_eq!(again.text(), page.text());
    }
}
