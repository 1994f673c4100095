//! The reference page and the sample file, written from the table of settings.

use crate::section::{Field, Section};
use crate::settings::Settings;

const HEAD: &str = "\
# Settings

Made by `cargo xtask gen` from the declarations in `crates/config/src/sections`; do not edit.

Later sources win: what is built in, then the file `t5g.toml` (or the one named by `--config` or
`T5G_CONFIG`), then an env file (`NAME=value` lines) if `--env-file` or `T5G_ENV_FILE` names one, then the
environment, then flags. An unknown name or a value that cannot be read is an error; all errors are told at
once. `t5g config show` prints what is in effect and where it came from, `t5g config check` only checks.

The environment of the Python dashboard works unchanged: its names stand under *old names*, and each can
also be written with `t5g_` before it, as a default. Of these, switches are true only with the word
`true`. Names that a standard gives, such as OpenTelemetry's, stand under *standard names*. An empty variable
sets nothing, and quotes around a value are taken off.

A secret can lie in a file: write `_FILE` after the variable's name (`_file` after the name in `t5g.toml`)
and give the path.
";

/// The reference page, in Markdown.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for section in Settings::SECTIONS {
        page.push_str(&section_page(section));
    }
    page
}

fn section_page(section: &Section) -> String {
    let title =
        if section.path.is_empty() { "Top level".to_owned() } else { format!("`[{}]`", section.path) };
    let mut page = format!("\n## {title}\n\n{}\n", text(section.docs));
    for field in section.fields {
        page.push_str(&field_page(field));
    }
    page
}

fn field_page(field: &Field) -> String {
    let mut facts = vec![format!("expected: {}", field.expected)];
    facts.push(
        field.default.map_or("not set by default".to_owned(), |default| format!("default: `{default}`")),
    );
    facts.push(format!("environment: `{}`", field.env_name()));
    if !field.old.is_empty() {
        facts.push(format!("old names: `{}`", field.old.join("`, `")));
    }
    if !field.standard.is_empty() {
        facts.push(format!("standard names: `{}`", field.standard.join("`, `")));
    }
    if field.is_secret() {
        facts.push("secret: shown masked, can come from a file".to_owned());
    }
    let key = field.key.trim_start_matches("r#");
    format!("\n### `{key}`\n\n{}\n\n- {}\n", text(field.docs), facts.join("\n- "))
}

/// A `t5g.toml` that says everything and sets nothing.
pub fn sample() -> String {
    let mut lines =
        vec!["# Every setting, commented out. Made by `cargo xtask gen`; see configuration.md.".to_owned()];
    for section in Settings::SECTIONS {
        if !section.path.is_empty() {
            lines.push(format!("\n[{}]", section.path));
        }
        for field in section.fields {
            lines.push(String::new());
            lines.extend(field.docs.iter().map(|line| format!("# {}", line.trim())));
            let value = field.default.map_or_else(|| "\"\"".to_owned(), toml_value);
            lines.push(format!("# {} = {value}", field.key));
        }
    }
    lines.join("\n") + "\n"
}

fn toml_value(default: &str) -> String {
    let plain = default.parse::<i64>().is_ok() || default == "true" || default == "false";
    if plain { default.to_owned() } else { toml::Value::String(default.to_owned()).to_string() }
}

fn text(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}
