//! What is wrong with the settings: every problem at once, each with key, value, expectation and origin.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// Built in, and computed from other settings.
    Derived(&'static str),
    /// The settings file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A variable of an env file: the file, its line, the name.
    EnvFile(PathBuf, usize, String),
    /// A file that a setting ending in `_FILE` names: the setting and the path.
    SecretFile(String, PathBuf),
    /// A flag on the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Derived(from) => write!(f, "default, from {from}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::EnvFile(path, line, name) => write!(f, "{}, line {line}, {name}", path.display()),
            Self::SecretFile(name, path) => write!(f, "{name}, file {}", path.display()),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting's path in the tree, or the unknown name.
    pub key: String,
    /// The offending value, masked if secret, cut if long; `None` where no value is at fault.
    pub value: Option<String>,
    /// What is wrong, what was expected, what to do.
    pub reason: String,
    /// Where the value came from.
    pub origin: Origin,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value:?}")?;
        }
        write!(f, " ({}): {}", self.origin, self.reason)
    }
}

/// Everything that is wrong with the settings; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "one thing is wrong with the settings:")?,
            count => write!(f, "{count} things are wrong with the settings:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

/// At most 120 characters of a value, for messages.
pub(crate) fn cut(value: &str) -> String {
    let mut short: String = value.chars().take(120).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}
