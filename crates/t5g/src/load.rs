//! Reads the settings from this process's surroundings.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use t5g_config::values::LogFormat;
use t5g_config::{ConfigFile, EnvFile, Flag, Loaded, Purpose, Settings, Sources};

use crate::cli::Global;
use crate::{console, logging};

/// The settings file that is taken if there is one and none is named.
const USUAL_FILE: &str = "t5g.toml";
/// No settings file and no secret is larger.
const LARGEST_FILE: u64 = 1 << 20;

/// All settings, checked for `purpose`; what is odd is told on standard error.
pub(crate) fn settings(global: &Global, flags: Vec<Flag>, purpose: Purpose) -> Result<Settings> {
    let loaded = loaded(global, flags, purpose)?;
    for notice in &loaded.notices {
        if loaded.settings.log.format == LogFormat::Json {
            logging::tell_later(format!("note: {notice}"));
        } else {
            console::complain(&format!("note: {notice}"));
        }
    }
    Ok(loaded.settings)
}

/// All settings with their origins.
pub(crate) fn loaded(global: &Global, flags: Vec<Flag>, purpose: Purpose) -> Result<Loaded> {
    let environment = std::env::vars_os().collect();
    let mut flags = flags;
    flags.extend(global.log.clone().map(|value| Flag { name: "--log", path: "log.level", value }));
    let env_file = global.env_file.as_deref().map(env_file).transpose()?;
    let sources = Sources { file: file(global)?, env_file, environment, flags, read_file: &read_small };
    Ok(Settings::load(&sources, purpose)?)
}

/// How log lines are to look, as far as that can be read, whatever else is wrong.
pub(crate) fn log_format(global: &Global) -> LogFormat {
    let env_file = global.env_file.as_deref().and_then(|path| env_file(path).ok());
    Settings::log_format(&Sources {
        file: file(global).ok().flatten(),
        env_file,
        environment: std::env::vars_os().collect(),
        flags: Vec::new(),
        read_file: &read_small,
    })
}

/// Settings of exactly these variables: neither the environment nor a settings file is looked at.
pub(crate) fn from_pairs(global: &Global, pairs: &[(String, String)]) -> Result<Settings> {
    Ok(loaded_from_pairs(global, pairs, Purpose::Tool)?.settings)
}

/// The same with their origins.
pub(crate) fn loaded_from_pairs(
    global: &Global,
    pairs: &[(String, String)],
    purpose: Purpose,
) -> Result<Loaded> {
    let environment = pairs.iter().map(|(name, value)| (name.into(), value.into())).collect();
    let flags = global.log.clone().map(|value| Flag { name: "--log", path: "log.level", value });
    let flags = flags.into_iter().collect();
    let sources = Sources { file: None, env_file: None, environment, flags, read_file: &read_small };
    Ok(Settings::load(&sources, purpose)?)
}

fn file(global: &Global) -> Result<Option<ConfigFile>> {
    let path = match &global.config {
        Some(path) => path.clone(),
        None if Path::new(USUAL_FILE).exists() => PathBuf::from(USUAL_FILE),
        None => return Ok(None),
    };
    let text =
        read_small(&path).with_context(|| format!("the settings file {} cannot be read", path.display()))?;
    Ok(Some(ConfigFile { path, text }))
}

/// The variables of an env file: `NAME=value` lines.
pub(crate) fn env_file(path: &Path) -> Result<EnvFile> {
    let text = read_small(path).with_context(|| format!("the env file {} cannot be read", path.display()))?;
    Ok(EnvFile::parse(path, &text)?)
}

/// A file's text; one that is larger than any of ours is refused.
pub(crate) fn read_small(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(io::Error::other(format!("it is larger than {LARGEST_FILE} bytes")));
    }
    Ok(text)
}
