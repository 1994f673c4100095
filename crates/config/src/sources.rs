//! What the settings are read from. Everything comes in from outside, so that tests bring their own.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::env_file::EnvFile;

/// The settings file as read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it lies, for messages.
    pub path: PathBuf,
    /// What it says (TOML).
    pub text: String,
}

/// A flag of the command line that overrules a setting.
#[derive(Debug, Clone)]
pub struct Flag {
    /// `--listen`
    pub name: &'static str,
    /// The setting's path: `listen`.
    pub path: &'static str,
    /// Its value.
    pub value: String,
}

/// All sources; later ones win: built-in, file, env file, environment, flags.
pub struct Sources<'a> {
    /// The settings file, if there is one.
    pub file: Option<ConfigFile>,
    /// The env file that is named, if one is: variables that the environment does not set.
    pub env_file: Option<EnvFile>,
    /// The environment's variables. Names that are not ours are passed over.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags.
    pub flags: Vec<Flag>,
    /// Reads a file that holds a secret; it should refuse absurd sizes.
    pub read_file: &'a dyn Fn(&Path) -> io::Result<String>,
}

impl fmt::Debug for Sources<'_> {
    /// Values may be secrets: only what kinds there are is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("file", &self.file.as_ref().map(|file| &file.path))
            .field("env_file", &self.env_file.as_ref().map(|file| &file.path))
            .field("variables", &self.environment.len())
            .field("flags", &self.flags.len())
            .finish_non_exhaustive()
    }
}

impl Sources<'_> {
    /// A variable's text, without white space and quotes around it; `None` if unset or empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let (_, value) = self.environment.iter().rev().find(|(key, _)| key == name)?;
        let value = unquoted(value.to_str()?);
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// Env files are read by many tools; some leave the quotes on.
pub(crate) fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner.trim();
        }
    }
    value
}
