//! Env files: `NAME=value` lines, read as container engines read them: a value goes to the end of its line, blanks
//! and quotes within it are its own. No shell, so nothing in one is ever run.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::sources::unquoted;

/// An env file as read.
#[derive(Debug, Clone)]
pub struct EnvFile {
    /// Where it lies, for messages.
    pub path: PathBuf,
    lines: Vec<Line>,
}

#[derive(Clone)]
struct Line {
    number: usize,
    name: String,
    value: String,
}

impl fmt::Debug for Line {
    /// Its value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.number, self.name)
    }
}

/// A line that sets nothing. What it says is not repeated: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The file.
    pub path: PathBuf,
    /// Counted from 1.
    pub line: usize,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mend = "put a value that goes over several lines on one, and # before a remark";
        write!(f, "{}, line {}: expected NAME=value; {mend}", self.path.display(), self.line)
    }
}

impl std::error::Error for BadLine {}

impl EnvFile {
    /// Reads the text of the file at `path`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, BadLine> {
        let mut lines = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            let line = line.strip_prefix("export ").unwrap_or(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').unwrap_or_default();
            let name = name.trim();
            if name.is_empty() || name.contains(char::is_whitespace) {
                return Err(BadLine { path: path.to_owned(), line: number });
            }
            lines.push(Line { number, name: name.to_owned(), value: value.to_owned() });
        }
        Ok(Self { path: path.to_owned(), lines })
    }

    /// Its variables, in their order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|line| (line.name.as_str(), line.value.as_str()))
    }

    /// Its variables that set something, each with its line.
    pub(crate) fn set(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let lines = self.lines.iter().filter(|line| !unquoted(&line.value).is_empty());
        lines.map(|line| (line.number, line.name.as_str(), line.value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_goes_to_the_end_of_its_line() {
        let text = "\u{feff}# a\r\n\r\nexport rbac=a,b\r\n jira_board = Field Board\n team=[{\"name\": \"= #\"}]\nnone=\n";
        let read = EnvFile::parse(Path::new("x"), text).unwrap();
        let variables: Vec<_> = read.variables().collect();
        assert_eq!(
            variables,
            [
                ("rbac", "a,b"),
                ("jira_board", " Field Board"),
                ("team", "[{\"name\": \"= #\"}]"),
                ("none", "")
            ]
        );
        assert_eq!(read.set().map(|(line, ..)| line).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(!format!("{read:?}").contains("Field Board"));
    }

    #[test]
    fn a_line_that_sets_nothing_is_named_and_not_repeated() {
        for bad in ["a=b\nhunter2", "a=b\n=hunter2", "a=b\nmy pass=hunter2"] {
            let error = EnvFile::parse(Path::new("x.env"), bad).unwrap_err().to_string();
            assert!(error.contains("x.env, line 2: expected NAME=value"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
