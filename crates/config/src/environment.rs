//! The environment as a source: our own names, the Python dashboard's, those of standards, and their `_FILE` twins.

use std::collections::HashMap;
use std::ffi::OsStr;

use crate::problem::Origin;
use crate::resolve::{Resolver, nearest};
use crate::section::Field;
use crate::sources::{Sources, unquoted};

/// Names with our prefix that are not settings of the tree.
const OTHERS: &[&str] = &["T5G_CONFIG", "T5G_API", "T5G_API_FILE"];

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

/// Takes every variable that is ours, weakest names first, so that the strongest is what remains.
pub(crate) fn read(resolver: &mut Resolver, sources: &Sources<'_>) {
    let names = names();
    let mut found = Vec::new();
    for (key, value) in &sources.environment {
        let Some(key) = key.to_str() else { continue };
        match names.get(key) {
            Some(name) => found.push((name, key, value.as_os_str())),
            None => unknown(resolver, key, value, &names),
        }
    }
    found.sort_by_key(|(name, key, _)| (name.rank, *key));
    for (name, key, value) in &found {
        let twin = format!("{key}_FILE");
        if found.iter().any(|(_, other, file)| *other == twin && !file.is_empty()) && !value.is_empty() {
            let origin = Origin::Environment((*key).to_owned());
            let reason = format!("{twin} is set too; set only one of the two");
            resolver.wrong(&name.field.path(), None, reason, origin);
        }
        take(resolver, sources, name, key, value);
    }
}

fn take(resolver: &mut Resolver, sources: &Sources<'_>, name: &Name, key: &str, value: &OsStr) {
    let origin = Origin::Environment(key.to_owned());
    let Some(value) = value.to_str() else {
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

fn unknown(resolver: &mut Resolver, key: &str, value: &OsStr, names: &HashMap<String, Name>) {
    if value.is_empty() || OTHERS.contains(&key) {
        return;
    }
    if WITHOUT_EFFECT.contains(&key) {
        resolver.notice(format!("{key} is accepted for the old environment's sake and has no effect"));
    } else if key.starts_with("T5G_") {
        let reason = format!("there is no such setting{}", nearest(key, names.keys().map(String::as_str)));
        resolver.wrong(key, None, reason, Origin::Environment(key.to_owned()));
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
