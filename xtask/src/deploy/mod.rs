//! What is in deploy/ agrees with the program and with itself: every file can be read, every command, flag, port, path
//! and variable exists, objects have the fields of their kinds and find each other. Needs no container engine and no
//! network. Each check takes text and what is known, so that tests can give it broken ones.

mod compose;
mod dashboards;
mod figures;
mod image;
mod known;
mod kubernetes;
mod labels;
mod monitoring;
mod proved;
mod rules;
mod shape;
mod shell;
mod tools;
mod unit;
mod yaml;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

pub(crate) use proved::CASES;
pub(crate) use rules::object as cluster_rules;
pub(crate) use shell::consoles;

use crate::sh;
use known::Known;

/// Files by path in the repository, with their text.
type Files = BTreeMap<String, String>;

/// Everything that is wrong with deploy/. `sources`: what the rooms' source files say.
pub(crate) fn problems(
    tracked: &[String],
    sources: &[String],
    missing: &dyn Fn(&[&str]) -> Option<String>,
) -> Result<Vec<String>> {
    let known = Known::of_repository(missing)?;
    let files: Files = tracked
        .iter()
        .filter(|file| file.starts_with("deploy/"))
        .map(|file| {
            let text = std::fs::read_to_string(sh::root().join(file));
            Ok((file.clone(), text.with_context(|| format!("{file} cannot be read"))?))
        })
        .collect::<Result<_>>()?;
    let mut wrong = Vec::new();
    for (file, text) in &files {
        if is_yaml(file) {
            wrong.extend(yaml::documents(file, text).err());
        }
        if has_ending(file, "sh") {
            wrong.extend(shell::problem(file, text)?);
        }
    }
    if !wrong.is_empty() {
        // What cannot be read cannot be looked into.
        return Ok(wrong);
    }
    wrong.extend(image::problems(text(&files, image::FILE)?, &known, &|path| sh::root().join(path).exists()));
    wrong.extend(compose::problems(&files, &known)?);
    wrong.extend(kubernetes::problems(&files, &known)?);
    wrong.extend(unit::problems(text(&files, unit::FILE)?, &known));
    wrong.extend(unit::beside(text(&files, unit::FILE)?, text(&files, unit::BESIDE)?));
    wrong.extend(monitoring::problems(&files, &known)?);
    wrong.extend(figures::problems(&files, sources)?);
    wrong.extend(tools::problems(&files)?);
    wrong.extend(proved::problems(&files)?);
    wrong.extend(dashboards::problems(&files)?);
    for (file, variables) in known::environments(&files)? {
        wrong.extend(known.variables(&file, &variables));
        wrong.extend(known::refused(&file, &variables)?);
    }
    Ok(wrong)
}

fn text<'a>(files: &'a Files, name: &str) -> Result<&'a str> {
    files.get(name).map(String::as_str).with_context(|| format!("{name} is missing"))
}

fn is_yaml(file: &str) -> bool {
    has_ending(file, "yaml") || has_ending(file, "yml")
}

fn has_ending(file: &str, ending: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found == ending)
}
