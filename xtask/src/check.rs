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
    for file in tracked(&["deploy/*.yaml"])? {
        wrong.extend(quoted_commands(&file, &read(&file)?));
    }
    for file in tracked(&["crates/t5g/src/doctor/*.rs"])? {
        wrong.extend(mends(&file, &read(&file)?));
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
        let typed = line.trim_start().strip_prefix("$ ");
        let whole = if typed.is_some() { None } else { Some(line.trim()) };
        let whole = whole.and_then(|line| Some((line, missing_single(line).or_else(|| missing_path(line))?)));
        wrong.extend(whole.map(|(line, reason)| format!("{file}:{number}: {line}: {reason}")));
        for snippet in quoted(line).chain(typed.map(str::trim)) {
            if let Some(reason) = missing_command(snippet).or_else(|| missing_path(snippet)) {
                wrong.push(format!("{file}:{number}: `{snippet}`: {reason}"));
            }
        }
        let bad = links(line)
            .filter_map(|target| Some(format!("link to {target}: {}", missing_target(file, text, target)?)));
        wrong.extend(bad.map(|what| format!("{file}:{number}: {what}")));
    }
    wrong
}

/// What stands in backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).map(str::trim)
}

/// Commands in backticks that do not exist.
fn quoted_commands(file: &str, text: &str) -> Vec<String> {
    let snippets =
        text.lines().zip(1..).flat_map(|(line, number)| quoted(line).map(move |one| (number, one)));
    let missing = snippets
        .filter_map(|(number, one)| Some(format!("{file}:{number}: `{one}`: {}", missing_command(one)?)));
    missing.collect()
}

/// Commands that the doctor names and that do not exist: each begins a text or follows one of a few words, as prose does not.
fn mends(file: &str, source: &str) -> Vec<String> {
    const BEFORE: [&str; 7] = ["\"", ": ", "(", "start ", "see ", "or ", "and "];
    let mut wrong = Vec::new();
    for (line, number) in source.lines().zip(1..).filter(|(line, _)| !line.trim_start().starts_with("//")) {
        for (place, _) in line.match_indices("t5g ") {
            let (before, command) = line.split_at(place);
            let command = command.split(['"', ',', ';', ')', '{']).next().unwrap_or_default();
            if BEFORE.iter().any(|end| before.ends_with(end))
                && let Some(reason) = missing_command(command)
            {
                wrong.push(format!("{file}:{number}: {command}: {reason}"));
            }
        }
    }
    wrong
}

/// What is wrong with a link's target, its anchor included.
fn missing_target(file: &str, text: &str, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let base = Path::new(file).parent().unwrap_or(Path::new(""));
    let there = sh::root().join(base).join(path);
    if !path.is_empty() && !there.exists() {
        return Some("there is no such file".to_owned());
    }
    if anchor.is_empty() {
        return None;
    }
    let other = if path.is_empty() { text.to_owned() } else { std::fs::read_to_string(there).ok()? };
    (!headings(&other).any(|known| known == anchor)).then(|| "there is no such heading".to_owned())
}

/// The anchors of a document's headings, as they are made of their words.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    titles.map(|title| {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    })
}

/// Targets of relative links.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.is_empty() && !target.contains("://"))
}

/// Each command of a line, one after another.
fn missing_command(snippet: &str) -> Option<String> {
    snippet.split("&&").flat_map(|part| part.split(['|', ';'])).find_map(missing_single)
}

/// A command, whatever stands before it: variables, `sudo`, what runs it in a container.
fn missing_single(part: &str) -> Option<String> {
    let is_variable = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let words: Vec<&str> =
        part.split_whitespace().skip_while(|word| is_variable(word) || *word == "sudo").collect();
    let inside = words.iter().position(|word| *word == "/usr/local/bin/t5g");
    let words = words.get(inside.unwrap_or(0)..)?;
    match words {
        ["cargo", "xtask", name, ..] => {
            let known = COMMANDS.iter().any(|(known, ..)| known == name) || name.starts_with('<');
            (!known).then(|| "there is no such command".to_owned())
        }
        ["t5g" | "t5gctl" | "/usr/local/bin/t5g", rest @ ..] => missing_subcommand(rest),
        _ => None,
    }
}

/// Whether it can be a variable's.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Asks the program itself.
fn missing_subcommand(words: &[&str]) -> Option<String> {
    let is_word = |word: &&&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let names: Vec<&str> = words.iter().take_while(is_word).copied().collect();
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
            let flags = flags.filter_map(|flag| flag.split(|c| !is_of_flag(c)).next());
            let known: Vec<&str> = help.split(|c| !is_of_flag(c)).collect();
            let unknown = flags.into_iter().find(|flag| !known.contains(flag));
            unknown.map(|flag| format!("there is no flag {flag}"))
        }
    }
}

fn is_of_flag(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
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
        let wrong =
            document_problems("README.md", "[a](LICENSE) [b](gone.md) `cargo xtask check` `cargo xtask fly`");
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }

    #[test]
    fn commands_are_found_wherever_they_stand() {
        for broken in [
            "$ A=1 B_2=/x cargo xtask fly",
            "$ sudo cargo xtask fly",
            "$ ls && cargo xtask fly",
            "$ ls | cargo xtask fly",
            "see `A=1 cargo xtask fly`",
            "$ podman exec web /usr/local/bin/t5g fly",
            "$ sudo t5gctl fly",
        ] {
            assert_eq!(document_problems("README.md", broken).len(), 1, "{broken}");
            let good = broken
                .replace("xtask fly", "xtask check")
                .replace("t5g fly", "t5g --log")
                .replace("t5gctl fly", "ls");
            assert_eq!(document_problems("README.md", &good), Vec::<String>::new());
        }
        assert_eq!(quoted_commands("a.yaml", "description: see `cargo xtask fly` or `ls`\n").len(), 1);
        assert_eq!(
            mends("a.rs", "x(\"see: t5g fly {}\", \"a file of t5g flies\")\n// \"t5g fly\"\n").len(),
            1
        );
    }

    #[test]
    fn anchors_that_lead_nowhere_are_found() {
        let text = "# One `a` & *two*\n[x](#one-a--two) [y](#three) [z](README.md#no-such-heading-at-all)\n";
        let wrong = document_problems("CHANGELOG.md", text);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
    }

    #[test]
    fn sources_without_a_head_and_unfinished_ones_are_found() {
        assert!(source_problems("a.rs", "//! Owns a.\n").is_empty());
        assert_eq!(source_problems("a.rs", concat!("fn a() {}\n// TO", "DO\n")).len(), 2);
    }
}
