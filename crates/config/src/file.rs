//! The settings file as a source: TOML, walked along the tree.

use serde_json::Value;

use crate::problem::Origin;
use crate::resolve::{Resolver, nearest};
use crate::section::Field;
use crate::sources::{ConfigFile, Sources};

/// Takes every value of the file; unknown names are problems.
pub(crate) fn read(resolver: &mut Resolver, file: &ConfigFile, sources: &Sources<'_>) {
    let origin = Origin::File(file.path.clone());
    match toml::from_str::<toml::Table>(&file.text) {
        Ok(table) => {
            let tree = Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect());
            Walk { resolver, file, sources, origin }.table("", &tree);
        }
        // The reader's own display quotes the line, which may hold a secret.
        Err(error) => {
            let line = error.span().map(|span| line_of(&file.text, span.start));
            let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            resolver.wrong("(file)", None, format!("not TOML: {place}{}", error.message()), origin);
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(switch) => switch.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

struct Walk<'a, 'r> {
    resolver: &'r mut Resolver,
    file: &'a ConfigFile,
    sources: &'a Sources<'a>,
    origin: Origin,
}

impl Walk<'_, '_> {
    fn table(&mut self, path: &str, tree: &Value) {
        for (key, value) in tree.as_object().into_iter().flatten() {
            let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.entry(&here, value);
        }
    }

    fn entry(&mut self, path: &str, value: &Value) {
        if let Some(field) = field_at(path) {
            if !is_empty(value) {
                self.resolver.candidate(field, value.clone(), self.origin.clone());
            }
        } else if let Some(field) = path.strip_suffix("_file").and_then(field_at).filter(|f| f.is_secret()) {
            self.secret_file(path, field, value);
        } else if value.is_object() && is_section(path) {
            self.table(path, value);
        } else {
            let known: Vec<String> = fields().map(Field::path).collect();
            let reason =
                format!("there is no such setting{}", nearest(path, known.iter().map(String::as_str)));
            self.resolver.wrong(path, None, reason, self.origin.clone());
        }
    }

    fn secret_file(&mut self, path: &str, field: &Field, value: &Value) {
        let name = format!("{path} in {}", self.file.path.display());
        match value.as_str() {
            Some(secret_path) => self.resolver.candidate_from_file(field, &name, secret_path, self.sources),
            None => self.resolver.wrong(path, None, "expected a path".to_owned(), self.origin.clone()),
        }
    }
}

/// An empty text sets nothing, as in the environment.
fn is_empty(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn fields() -> impl Iterator<Item = &'static Field> {
    crate::Settings::SECTIONS.iter().flat_map(|section| section.fields)
}

fn field_at(path: &str) -> Option<&'static Field> {
    fields().find(|field| field.path() == path)
}

fn is_section(path: &str) -> bool {
    let inner = format!("{path}.");
    crate::Settings::SECTIONS.iter().any(|section| section.path == path || section.path.starts_with(&inner))
}
