//! Shell text is at least shell: scripts, and what documents show at a prompt.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result};

use crate::sh;

/// What the shell says against a script.
pub(super) fn problem(place: &str, text: &str) -> Result<Option<String>> {
    let mut child = sh::command("sh")
        .arg("-n")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("sh cannot be started")?;
    child.stdin.take().context("its input is piped")?.write_all(text.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok((!output.status.success()).then(|| format!("{place}: no shell: {said}")))
}

/// What the shell says against what a document shows in blocks called `console` (lines after `$ `) and `sh`.
pub(crate) fn consoles(file: &str, text: &str) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (number, script) in scripts(text) {
        wrong.extend(problem(&format!("{file}:{number}"), &script)?);
    }
    Ok(wrong)
}

/// Each block's shell text and its line.
fn scripts(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut block: Option<(bool, usize, String)> = None;
    // Whether the line before ends in a backslash: this one goes on with it.
    let mut goes_on = false;
    for (line, number) in text.lines().zip(1..) {
        let fence = line.trim().strip_prefix("```");
        match (fence, &mut block) {
            (Some("console"), None) => block = Some((true, number, String::new())),
            (Some("sh"), None) => block = Some((false, number, String::new())),
            (Some(""), open) => found.extend(open.take().map(|(_, number, script)| (number, script))),
            (_, Some((prompt, _, script))) => {
                let shown = line.trim_start();
                let typed = if *prompt && !goes_on { shown.strip_prefix("$ ") } else { Some(shown) };
                if let Some(typed) = typed {
                    script.push_str(typed);
                    script.push('\n');
                    goes_on = typed.ends_with('\\');
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_shell_is_found() {
        assert!(problem("f", "if true; then echo; fi\n").unwrap().is_none());
        assert!(problem("f", "if true; then echo\n").unwrap().unwrap().starts_with("f: no shell"));
    }

    #[test]
    fn only_what_is_typed_is_looked_at() {
        let text = "```console\n$ echo \"a\" \\\n    b\nwhat it (prints\n$ ls\n```\n```text\n(\n```\n";
        assert_eq!(scripts(text), [(1, "echo \"a\" \\\nb\nls\n".to_owned())]);
        assert_eq!(consoles("f", "```console\n$ echo \"\n```\n").unwrap().len(), 1);
    }
}
