//! Brings the sources together: for each setting the strongest value, where it came from, and what is wrong.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::problem::{Origin, Problem, cut};
use crate::secret::Secret;
use crate::section::Field;
use crate::setting::Setting;
use crate::settings::Settings;
use crate::sources::Sources;
use crate::values::{DocumentsAddress, LedgerAddress};
use crate::{environment, file};

/// The embedded store's file in the data folder.
const STORE_FILE: &str = "t5g.db";

/// A setting's value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effective {
    /// Its path in the tree.
    pub key: String,
    /// Its value, secrets masked; `None` if it has none.
    pub value: Option<String>,
    /// Where that came from, in words.
    pub origin: String,
}

/// Collects values and problems while the tree is read.
#[derive(Debug, Default)]
pub(crate) struct Resolver {
    candidates: HashMap<String, (Value, Origin)>,
    effective: Vec<Effective>,
    notices: Vec<String>,
    problems: Vec<Problem>,
    secrets: Vec<Secret>,
}

impl Resolver {
    /// Takes in all sources, weakest first.
    pub(crate) fn new(sources: &Sources<'_>) -> Self {
        let mut resolver = Self::default();
        if let Some(config) = &sources.file {
            file::read(&mut resolver, config, sources);
        }
        environment::read(&mut resolver, sources);
        for flag in &sources.flags {
            let value = Value::String(flag.value.clone());
            resolver.candidates.insert(flag.path.to_owned(), (value, Origin::Flag(flag.name)));
        }
        resolver
    }

    /// A value; it replaces what weaker sources said.
    pub(crate) fn candidate(&mut self, field: &Field, value: Value, origin: Origin) {
        self.candidates.insert(field.path(), (value, origin));
    }

    /// A value that lies in a file: its text without the line end.
    pub(crate) fn candidate_from_file(
        &mut self,
        field: &Field,
        name: &str,
        path: &str,
        sources: &Sources<'_>,
    ) {
        let origin = Origin::SecretFile(name.to_owned(), PathBuf::from(path));
        match (sources.read_file)(Path::new(path)) {
            Ok(text) if text.trim().is_empty() => {
                self.wrong(&field.path(), None, "the file is empty".to_owned(), origin);
            }
            Ok(text) => self.candidate(field, text.trim().into(), origin),
            Err(error) => {
                self.wrong(&field.path(), None, format!("the file cannot be read: {error}"), origin);
            }
        }
    }

    /// Something is wrong.
    pub(crate) fn wrong(&mut self, key: &str, value: Option<String>, reason: String, origin: Origin) {
        self.problems.push(Problem { key: key.to_owned(), value, reason, origin });
    }

    /// Something is wrong with a setting that could be read.
    pub(crate) fn refuse(&mut self, key: &str, reason: &str) {
        let value =
            self.effective.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.clone());
        let origin = self.candidates.get(key).map_or(Origin::Default, |(_, origin)| origin.clone());
        self.wrong(key, value, reason.to_owned(), origin);
    }

    /// Something is odd.
    pub(crate) fn notice(&mut self, text: String) {
        self.notices.push(text);
    }

    /// The setting's value from the strongest source; `None` if it cannot be read, which is then noted.
    pub(crate) fn take<T: Setting>(&mut self, field: &Field) -> Option<T> {
        let key = field.path();
        let (value, origin) = match (self.candidates.get(&key), field.default) {
            (Some((value, origin)), _) => (value.clone(), origin.clone()),
            (None, Some(default)) => (Value::String(default.to_owned()), Origin::Default),
            (None, None) => return self.take_absent(&key),
        };
        if let Some(secret) = T::MASK.secret(&value) {
            self.secrets.push(secret);
        }
        match T::read(&value) {
            Ok(read) => {
                self.show(&key, Some(T::MASK.apply(&read.show())), &origin);
                Some(read)
            }
            Err(why) => {
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let dash = if why.is_empty() { "" } else { ": " };
                let reason = format!("expected {}{dash}{why}", T::EXPECTED);
                self.wrong(&key, Some(cut(&T::MASK.apply_unread(&shown))), reason, origin);
                None
            }
        }
    }

    /// The secrets among all values that were taken.
    pub(crate) fn take_secrets(&mut self) -> Vec<Secret> {
        std::mem::take(&mut self.secrets)
    }

    fn take_absent<T: Setting>(&mut self, key: &str) -> Option<T> {
        let absent = T::absent();
        match absent {
            Some(_) => self.show(key, None, &Origin::Default),
            None => self.wrong(key, None, format!("not set; expected {}", T::EXPECTED), Origin::Default),
        }
        absent
    }

    fn show(&mut self, key: &str, value: Option<String>, origin: &Origin) {
        self.effective.push(Effective { key: key.to_owned(), value, origin: origin.to_string() });
    }

    /// Fills in what follows from other settings.
    pub(crate) fn derive(&mut self, mut settings: Settings, sources: &Sources<'_>) -> Settings {
        self.derive_listen(&mut settings);
        self.derive_debug(&mut settings, sources);
        let data_dir = settings.general.data_dir.clone().unwrap_or_else(|| data_dir(sources));
        let file = format!("sqlite:{}", data_dir.join(STORE_FILE).display());
        if settings.general.data_dir.is_none() {
            self.derived("data_dir", &data_dir, &Origin::Derived("XDG_DATA_HOME or HOME"));
            settings.general.data_dir = Some(data_dir);
        }
        let documents = settings.documents.url.get_or_insert_with(|| {
            let address = DocumentsAddress::from(file.clone());
            self.derived("documents.url", &address, &Origin::Derived("data_dir"));
            address
        });
        let embedded = Some(documents.expose()).filter(|address| address.starts_with("sqlite:"));
        let embedded = LedgerAddress::from(embedded.map_or(file, str::to_owned));
        if settings.ledger.url.is_none() {
            let postgres = self.postgres_address(&settings);
            let origin = if postgres.is_some() {
                "ledger.host to ledger.password"
            } else {
                "documents.url or data_dir"
            };
            let address = postgres.unwrap_or(embedded);
            self.derived("ledger.url", &address, &Origin::Derived(origin));
            settings.ledger.url = Some(address);
        }
        settings
    }

    fn derive_listen(&mut self, settings: &mut Settings) {
        let general = &mut settings.general;
        if let (Some(port), false) = (general.port, self.candidates.contains_key("listen")) {
            general.listen = SocketAddr::new(general.listen.ip(), port);
            let listen = general.listen;
            self.derived("listen", &listen, &Origin::Derived("port"));
        }
    }

    /// A level that is asked for on the command line counts more than a switch that was set somewhere before.
    fn derive_debug(&mut self, settings: &mut Settings, sources: &Sources<'_>) {
        if settings.log.debug && sources.flags.iter().any(|flag| flag.path == "log.level") {
            settings.log.debug = false;
            self.derived("log.debug", &false, &Origin::Derived("--log"));
        }
    }

    fn postgres_address(&mut self, settings: &Settings) -> Option<LedgerAddress> {
        let ledger = &settings.ledger;
        let parts = [
            ("host", ledger.host.is_some()),
            ("port", ledger.port.is_some()),
            ("database", ledger.database.is_some()),
            ("user", ledger.user.is_some()),
            ("password", ledger.password.is_some()),
        ];
        let missing: Vec<&str> = parts.iter().filter(|(_, set)| !set).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            if missing.len() < parts.len() {
                self.notice(format!(
                    "the PostgreSQL of [ledger] is not used: {} not set (POSTGRESQL_… in the old environment)",
                    missing.join(", ")
                ));
            }
            return None;
        }
        let address = Url::parse("postgres://host").ok().and_then(|mut url| {
            url.set_host(ledger.host.as_deref()).ok()?;
            url.set_port(ledger.port).ok()?;
            url.set_username(ledger.user.as_deref()?).ok()?;
            url.set_password(ledger.password.as_ref().map(crate::Secret::expose)).ok()?;
            url.path_segments_mut().ok()?.clear().push(ledger.database.as_deref()?);
            Some(LedgerAddress::from(url.to_string()))
        });
        if address.is_none() {
            self.refuse("ledger.host", "expected a host's name or address");
        }
        address
    }

    fn derived<T: Setting>(&mut self, key: &str, value: &T, origin: &Origin) {
        let shown = Effective {
            key: key.to_owned(),
            value: Some(T::MASK.apply(&value.show())),
            origin: origin.to_string(),
        };
        match self.effective.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => *entry = shown,
            None => self.effective.push(shown),
        }
    }

    /// All that was found out.
    pub(crate) fn finish(self) -> (Vec<Effective>, Vec<String>, Vec<Problem>) {
        (self.effective, self.notices, self.problems)
    }
}

fn data_dir(sources: &Sources<'_>) -> PathBuf {
    let share = sources.variable("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || sources.variable("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    share.or_else(home).map_or_else(|| PathBuf::from("t5g-data"), |share| share.join("t5g"))
}

/// "; did you mean X?" if a known name is near enough.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let short: String = name.chars().take(100).collect();
    let best = known.map(|candidate| (strsim::damerau_levenshtein(&short, candidate), candidate)).min();
    match best {
        Some((distance, candidate)) if distance <= 1 + short.len() / 5 => {
            format!("; did you mean {candidate}?")
        }
        _ => String::new(),
    }
}
