//! The page with the figures: one section for each benchmark, replaced when that one was run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::sh;

const HEAD: &str = "# Measured figures\n\nWritten by `cargo xtask bench`, `roll` and `soak`. Each section says where and of \
                    which commit its figures are. Only what stands below a table is written by hand; it stays when the \
                    figures are replaced.\n";

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

    /// Puts these figures in the place of the section's. Remarks below them stay.
    pub(crate) fn replace(&mut self, title: &str, figures: &[Figure], commit: &str) -> Result<()> {
        let mut body =
            format!("{}; commit {commit}.\n\n| figure | value | unit |\n|---|---:|---|", machine()?);
        for Figure { name, value, unit } in figures {
            body.push_str("\n| ");
            body.push_str(&[name.as_str(), value, unit].join(" | "));
            body.push_str(" |");
        }
        if let Some(remarks) = self.0.get(title).map(|old| remarks(old)).filter(|remarks| !remarks.is_empty())
        {
            body.push_str("\n\n");
            body.push_str(remarks);
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

/// What stands below a section's table.
fn remarks(body: &str) -> &str {
    let after = body.rsplit_once("\n|").map(|(_, after)| after);
    after.and_then(|row| row.split_once('\n')).map_or("", |(_, remarks)| remarks.trim())
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

    #[test]
    fn remarks_below_a_table_stay() {
        let figure = || Figure { name: "build".into(), value: "2".into(), unit: "ms".into() };
        let mut page = Page::parse(
            "# x\n\n## a\n\nhere; commit 1.\n\n| f |\n|---|\n| old |\n\nA remark,\n\nand another.\n",
        );
        page.replace("a", &[figure()], "abc").unwrap();
        page.replace("b", &[figure()], "abc").unwrap();
        for _ in 0..2 {
            assert!(
                page.0["a"].ends_with("| build | 2 | ms |\n\nA remark,\n\nand another."),
                "{}",
                page.0["a"]
            );
            page = Page::parse(&page.text());
        }
        assert!(page.0["b"].ends_with("| ms |"), "{}", page.0["b"]);
    }
}
