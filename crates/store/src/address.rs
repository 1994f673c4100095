//! The addresses of stores: which kind each names, and how it is shown to people (passwords masked).

use std::fmt;
use std::path::PathBuf;

use crate::StoreError;

/// Where a store is. Its `Display` and `Debug` mask the password.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// `sqlite:path`: a file, made on first use.
    Sqlite(PathBuf),
    /// `redis://…` or `rediss://…`: the full address, password included.
    Redis(String),
    /// `postgres://…` or `postgresql://…`: the full address, password included.
    Postgres(String),
}

impl Address {
    /// Reads an address; the error masks secrets and says what is expected.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let refuse = |reason: &str| StoreError::Address { address: masked(text), reason: reason.to_owned() };
        if text.contains('\0') {
            return Err(refuse("an address cannot contain a NUL character"));
        }
        match text.split_once(':') {
            Some(("sqlite", rest)) => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path.starts_with(":memory:") {
                    return Err(refuse("a file is needed after `sqlite:`, such as sqlite:t5g.db"));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some(("redis" | "rediss", rest)) if rest.starts_with("//") => Ok(Self::Redis(text.to_owned())),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err(refuse(
                "expected sqlite:FILE, redis://HOST:PORT/NUMBER, rediss://HOST:PORT/NUMBER or \
                 postgres://USER:PASSWORD@HOST:PORT/DATABASE",
            )),
        }
    }

    /// The error that this address is of a kind which cannot serve as `what`.
    pub(crate) fn unfit(&self, what: &str, expected: &str) -> StoreError {
        StoreError::Address {
            address: self.to_string(),
            reason: format!("cannot hold {what}; expected {expected}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Redis(address) | Self::Postgres(address) => f.write_str(&masked(address)),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The address without what may be secret: the password, and everything after a question mark.
fn masked(address: &str) -> String {
    let (address, query) = address.split_once('?').map_or((address, ""), |(front, _)| (front, "?…"));
    let Some((scheme, rest)) = address.split_once("://") else { return format!("{address}{query}") };
    // The last `@` ends the credentials even when a careless password holds one itself.
    let Some((credentials, place)) = rest.rsplit_once('@') else { return format!("{address}{query}") };
    let user = credentials.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:***@{place}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_names_its_kind() {
        assert_eq!(Address::parse("sqlite:a/b.db").unwrap(), Address::Sqlite("a/b.db".into()));
        assert_eq!(Address::parse("sqlite:///a/b.db").unwrap(), Address::Sqlite("/a/b.db".into()));
        assert!(matches!(Address::parse("rediss://h:1/2").unwrap(), Address::Redis(_)));
        assert!(matches!(Address::parse("postgresql://h/d").unwrap(), Address::Postgres(_)));
    }

    #[test]
    fn other_addresses_are_refused_with_what_is_expected() {
        for bad in ["", "sqlite:", "sqlite::memory:", "redis:6379", "mysql://h", "t5g.db", "sqlite:a\0b"] {
            let error = Address::parse(bad).unwrap_err().to_string();
            assert!(error.contains("sqlite:") || error.contains("NUL"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn passwords_never_show() {
        for secret in [
            "redis://:hush@h:1/0",
            "redis://user:hush@h/0",
            "postgres://u:a@hush@h/d",
            "postgres://h/d?password=hush",
            "mysql://u:hush@h",
        ] {
            let shown = match Address::parse(secret) {
                Ok(address) => format!("{address} {address:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("hush"), "{shown}");
        }
    }
}
