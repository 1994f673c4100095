//! The environment as a source, and an env file beneath it: our own names, the Python dashboard's, those of standards, and
//! their `_FILE` twins.

use std::collections::HashMap;
use std::ffi::OsStr;

use crate::env_file::EnvFile;
use crate::problem::Origin;
use crate::resolve::{Resolver, nearest};
use crate::section::Field;
use crate::sources::{Sources, unquoted};

/// Names with our prefix that are not settings of the tree.
const OTHERS: &[&str] = &["T5G_CONFIG", "T5G_ENV_FILE", "T5G_API", "T5G_API_FILE"];

/// Defaults of the Python command line that have no meaning here.
const WITHOUT_EFFECT: &[&str] = &["t5g_card_action"];

/// How strongly a name speaks, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `t5g_<old name>`: a default in the Python dashboard.
    OldDefault,
    /// The old name itself, or one that a standard gives it.
    Old,
    /// Ours.
    Own,
}

#[derive(Debug, Clone)]
struct Name {
    field: Field,
    rank: Rank,
    from_file: bool,
}

/// A variable, wherever it was set.
struct Variable<'a> {
    key: &'a str,
    value: &'a OsStr,
    origin: Origin,
}

/// All variables: those of the environment, and those of the env file that it does not set.
fn variables<'a>(resolver: &mut Resolver, sources: &'a Sources<'_>) -> Vec<Variable<'a>> {
    let mut all = Vec::new();
    for (line, key, value) in sources.env_file.iter().flat_map(EnvFile::set) {
        let path = sources.env_file.as_ref().map(|file| file.path.clone()).unwrap_or_default();
        if OTHERS.contains(&key) {
            let text = "is no setting and has no effect in an env file; set it in the environment";
            resolver.notice(format!("{}, line {line}: {key} {text}", path.display()));
        } else if sources.variable(key).is_none() {
            let origin = Origin::EnvFile(path, line, key.to_owned());
            all.push(Variable { key, value: OsStr::new(value), origin });
        }
    }
    for (key, value) in &sources.environment {
        let Some(key) = key.to_str() else { continue };
        all.push(Variable { key, value, origin: Origin::Environment(key.to_owned()) });
    }
    all
}

/// Takes every variable that is ours, weakest names first, so that the strongest is what remains.
pub(crate) fn read(resolver: &mut Resolver, sources: &Sources<'_>) {
    let names = names();
    let mut found = Vec::new();
    for variable in variables(resolver, sources) {
        match names.get(variable.key) {
            Some(name) => found.push((name, variable)),
            None => unknown(resolver, &variable, &names),
        }
    }
    found.sort_by_key(|(name, variable)| (name.rank, variable.key));
    for (name, variable) in &found {
        let twin = format!("{}_FILE", variable.key);
        let is_twin = |other: &Variable<'_>| other.key == twin && !other.value.is_empty();
        if found.iter().any(|(_, other)| is_twin(other)) && !variable.value.is_empty() {
            let reason = format!("{twin} is set too; set only one of the two");
            resolver.wrong(&name.field.path(), None, reason, variable.origin.clone());
        }
        take(resolver, sources, name, variable);
    }
}

fn take(resolver: &mut Resolver, sources: &Sources<'_>, name: &Name, variable: &Variable<'_>) {
    let (key, origin) = (variable.key, variable.origin.clone());
    let Some(value) = variable.value.to_str() else {
        resolver.wrong(&name.field.path(), None, "it is not valid UTF-8".to_owned(), origin);
        return;
    };
    let value = unquoted(value);
    if value.is_empty() {
        return;
    }
    if name.from_file {
        resolver.candidate_from_file(&name.field, key, value, sources);
    } else if name.field.is_switch && name.rank < Rank::Own {
        let on = value.eq_ignore_ascii_case("true");
        if !on && !value.eq_ignore_ascii_case("false") {
            resolver.notice(format!("{key}={value:?} means false: only the word true switches it on"));
        }
        resolver.candidate(&name.field, on.into(), origin);
    } else {
        resolver.candidate(&name.field, value.into(), origin);
    }
}

fn unknown(resolver: &mut Resolver, variable: &Variable<'_>, names: &HashMap<String, Name>) {
    let key = variable.key;
    if variable.value.is_empty() || OTHERS.contains(&key) {
        return;
    }
    if WITHOUT_EFFECT.contains(&key) {
        resolver.notice(format!("{key} is accepted for the old environment's sake and has no effect"));
    } else if key.starts_with("T5G_") {
        let reason = format!("there is no such setting{}", nearest(key, names.keys().map(String::as_str)));
        resolver.wrong(key, None, reason, variable.origin.clone());
    } else if key.starts_with("t5g_") {
        let hint = nearest(key, names.keys().map(String::as_str));
        resolver.notice(format!("{key} has no effect: there is no such default{hint}"));
    }
}

fn names() -> HashMap<String, Name> {
    let mut names = HashMap::new();
    for field in crate::Settings::SECTIONS.iter().flat_map(|section| section.fields) {
        let mut add = |text: String, rank| {
            if field.is_secret() {
                names.insert(format!("{text}_FILE"), Name { field: *field, rank, from_file: true });
            }
            names.insert(text, Name { field: *field, rank, from_file: false });
        };
        add(field.env_name(), Rank::Own);
        for standard in field.standard {
            add((*standard).to_owned(), Rank::Old);
        }
        for old in field.old {
            add((*old).to_owned(), Rank::Old);
            if !old.starts_with("t5g_") {
                add(format!("t5g_{old}"), Rank::OldDefault);
            }
        }
    }
    names
}
