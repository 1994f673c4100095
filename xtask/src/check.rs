//! What the compiler does not check: generated pages are fresh, documents name only what exists, every source
//! file says what it is, nothing was left unfinished, what is in deploy/ agrees with the program.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{COMMANDS, deploy, gen_docs, sh};

/// Marks of unfinished work. Put together here so that this file does not hold them.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimplem", "ented!("),
    concat!("#[al", "low("),
    concat!("#![al", "low("),
];

/// `cargo xtask check`
pub(crate) fn run(_: &[String]) -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in gen_docs::pages()? {
        if std::fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            wrong.push(format!("{}: stale; run `cargo xtask gen`", path.display()));
        }
    }
    for file in tracked(&["*.rs"])? {
        wrong.extend(source_problems(&file, &read(&file)?));
    }
    for file in tracked(&["*.md"])? {
        let text = read(&file)?;
        wrong.extend(document_problems(&file, &text));
        wrong.extend(deploy::consoles(&file, &text)?);
    }
    let sources: Vec<String> =
        tracked(&["crates/*/src/*.rs"])?.iter().map(|file| read(file)).collect::<Result<_>>()?;
    wrong.extend(deploy::problems(&tracked(&["deploy"])?, &sources, &missing_subcommand)?);
    if !wrong.is_empty() {
        bail!("{} things are not as they should be:\n  {}", wrong.len(), wrong.join("\n  "));
    }
    Ok(())
}

fn read(file: &str) -> Result<String> {
    std::fs::read_to_string(sh::root().join(file)).with_context(|| format!("{file} cannot be read"))
}

/// Files of the repository, new ones that are not ignored included.
fn tracked(patterns: &[&str]) -> Result<Vec<String>> {
    let mut command = sh::command("git");
    command
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"])
        .args(patterns);
    let listed = sh::output(&mut command)?;
    Ok(listed.lines().filter(|file| sh::root().join(file).exists()).map(str::to_owned).collect())
}

fn source_problems(file: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if !text.starts_with("//!") {
        wrong.push(format!("{file}: does not begin with //! and what it owns"));
    }
    for mark in UNFINISHED {
        wrong.extend(lines_with(text, mark).map(|line| format!("{file}:{line}: {mark}")));
    }
    wrong
}

fn lines_with<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.lines().zip(1..).filter(move |(line, _)| line.contains(mark)).map(|(_, number)| number)
}

/// Every path and command that stands in backticks, and every relative link, must exist.
fn document_problems(file: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let quoted = line.split('`').skip(1).step_by(2).map(str::trim);
        let shell = line.trim_start_matches("$ ").trim();
        for snippet in quoted.chain([shell]) {
            if let Some(reason) = missing_command(snippet).or_else(|| missing_path(snippet)) {
                wrong.push(format!("{file}:{number}: `{snippet}`: {reason}"));
            }
        }
        for target in links(line) {
            let base = Path::new(file).parent().unwrap_or(Path::new(""));
            if !sh::root().join(base).join(target).exists() {
                wrong.push(format!("{file}:{number}: link to {target}: there is no such file"));
            }
        }
    }
    wrong
}

/// Targets of relative links, without their anchors.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).filter_map(
        |target| {
            let path = target.split('#').next().unwrap_or_default();
            (!path.is_empty() && !path.contains("://")).then_some(path)
        },
    )
}

fn missing_command(snippet: &str) -> Option<String> {
    let words: Vec<&str> = snippet.split_whitespace().collect();
    match words.as_slice() {
        ["cargo", "xtask", name, ..] => {
            let known = COMMANDS.iter().any(|(known, ..)| known == name) || name.starts_with('<');
            (!known).then(|| "there is no such command".to_owned())
        }
        ["t5g", rest @ ..] => missing_subcommand(rest),
        _ => None,
    }
}

/// Asks the program itself.
fn missing_subcommand(words: &[&str]) -> Option<String> {
    let is_name = |word: &&&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let names: Vec<&str> = words.iter().take_while(is_name).copied().collect();
    let program = sh::target().join("debug/t5g");
    // What follows the command itself may be an argument: the longest run of words that has help counts.
    let helps = (1..=names.len()).rev().find_map(|length| {
        let mut command = sh::command(&program.to_string_lossy());
        command.args(names.get(..length)?).arg("--help").env_clear().stderr(std::process::Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    });
    match helps {
        None if names.is_empty() => None,
        None => Some("there is no such command".to_owned()),
        Some(help) => {
            let flags = words.iter().filter(|word| word.starts_with("--"));
            let mut unknown = flags.filter(|flag| !help.contains(flag.split('=').next().unwrap_or_default()));
            unknown.next().map(|flag| format!("there is no flag {flag}"))
        }
    }
}

fn missing_path(snippet: &str) -> Option<String> {
    let first = snippet.split('/').next()?;
    let is_path = snippet.contains('/')
        && !snippet.contains(|c: char| c.is_whitespace() || "<>*{}()=:…".contains(c))
        && ["crates", "docs", "e2e", "frontend", "xtask", "fuzz", ".ci", ".cargo", "deploy"].contains(&first);
    (is_path && !sh::root().join(snippet).exists()).then(|| "there is no such file".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_do_not_exist_are_found() {
        let wrong = document_problems("README.md", "see `xtask/src/main.rs` and `xtask/src/nowhere.rs`");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("nowhere"));
    }

    #[test]
    fn links_and_commands_that_do_not_exist_are_found() {
        let wrong = document_problems(
            "README.md",
            "[a](LICENSE#x) [b](gone.md) `cargo xtask check` `cargo xtask fly`",
        );
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }

    #[test]
    fn sources_without_a_head_and_unfinished_ones_are_found() {
        assert!(source_problems("a.rs", "//! Owns a.\n").is_empty());
        assert_eq!(source_problems("a.rs", concat!("fn a() {}\n// TO", "DO\n")).len(), 2);
    }
}
