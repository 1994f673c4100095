//! How a value is read and shown, by type. A value is JSON: text from the environment, anything from a file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono_tz::Tz;
use serde_json::Value;
use url::Url;

use crate::secret::Secret;

/// What of a value must not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Nothing.
    Open,
    /// The user information of an address that should have none.
    UserInfo,
    /// The user information of an address that may well have some: it can come from a file.
    Address,
    /// All of it.
    Whole,
}

impl Mask {
    /// The value as it may be shown.
    pub(crate) fn apply(self, value: &str) -> String {
        match self {
            Self::Open => value.to_owned(),
            Self::UserInfo | Self::Address => mask_user_info(value),
            Self::Whole => Secret::MASK.to_owned(),
        }
    }

    /// The same of a value that could not be read: nobody knows which part of such an address is what, so only what
    /// stands before its first colon is shown, unless there is no place for a password behind that.
    pub(crate) fn apply_unread(self, value: &str) -> String {
        if value.split_once("://").is_some_and(|(_, rest)| !rest.contains(['@', ':'])) {
            return self.apply(value);
        }
        match (self, value.split_once(':')) {
            (Self::UserInfo | Self::Address, Some((before, _))) if !before.contains('@') => {
                format!("{before}:{}", Secret::MASK)
            }
            _ => self.apply(value),
        }
    }

    /// What of a given value must not be seen anywhere: all of it, or the password in an address.
    pub(crate) fn secret(self, value: &Value) -> Option<Secret> {
        // A file may hold a bare number, which is read as its digits.
        let text = text(value).ok()?;
        match self {
            Self::Open | Self::UserInfo => None,
            Self::Whole => Some(Secret::new(text)),
            Self::Address => {
                let (user_info, _) = text.split_once("://")?.1.rsplit_once('@')?;
                let (_, password) = user_info.split_once(':')?;
                Some(Secret::new(password))
            }
        }
    }
}

/// `redis://:pw@host/0` → `redis://***@host/0`. Where in doubt, rather too much is hidden: a password may
/// hold any character, so everything up to the last `@` goes.
fn mask_user_info(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return if address.contains('@') { Secret::MASK.to_owned() } else { address.to_owned() };
    };
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?***"));
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}{query}"),
        None => format!("{scheme}://{rest}{query}"),
    }
}

/// A type that settings can have.
pub(crate) trait Setting: Sized {
    /// What a value looks like, in words that follow "expected".
    const EXPECTED: &'static str;
    /// What of it is secret.
    const MASK: Mask = Mask::Open;
    /// Whether it is true or false: then the old environment's rule holds for its old names.
    const IS_SWITCH: bool = false;

    /// Reads it. The error says what is wrong beyond "not what was expected" (it may be empty), and never
    /// repeats the value.
    fn read(value: &Value) -> Result<Self, String>;

    /// How it is shown, before masking.
    fn show(&self) -> String;

    /// What it means that nobody set it and no default is built in; `None`: it must be set.
    fn absent() -> Option<Self> {
        None
    }
}

/// The value's text, if it is text or a number.
pub(crate) fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(String::new()),
    }
}

/// Makes types settings whose `FromStr` reads them and whose `Display` shows them.
macro_rules! by_text {
    ($($type:ty: $expected:literal;)+) => {
        $(
            impl $crate::setting::Setting for $type {
                const EXPECTED: &'static str = $expected;

                fn read(value: &serde_json::Value) -> Result<Self, String> {
                    $crate::setting::text(value)?.parse().map_err(|_| String::new())
                }

                fn show(&self) -> String {
                    self.to_string()
                }
            }
        )+
    };
}
pub(crate) use by_text;

by_text! {
    SocketAddr: "an address and port, such as 127.0.0.1:8080";
    u16: "a number from 0 to 65535";
    u32: "a whole number from 0";
    Tz: "a time zone's name, such as Europe/Berlin";
}

impl Setting for String {
    const EXPECTED: &'static str = "text";

    fn read(value: &Value) -> Result<Self, String> {
        text(value)
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";
    const IS_SWITCH: bool = true;

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(switch) => Ok(*switch),
            Value::String(word) if word.eq_ignore_ascii_case("true") => Ok(true),
            Value::String(word) if word.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(String::new()),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for PathBuf {
    const EXPECTED: &'static str = "a path";

    fn read(value: &Value) -> Result<Self, String> {
        text(value).map(Self::from)
    }

    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl Setting for Url {
    const EXPECTED: &'static str = "an http or https address";
    const MASK: Mask = Mask::UserInfo;

    fn read(value: &Value) -> Result<Self, String> {
        let url = Self::parse(&text(value)?).map_err(|error| error.to_string())?;
        match url.scheme() {
            _ if !url.username().is_empty() || url.password().is_some() => {
                Err("credentials do not belong into an address; there are settings for them".to_owned())
            }
            "http" | "https" if url.has_host() => Ok(url),
            _ => Err("it has another scheme or no host".to_owned()),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Secret {
    const EXPECTED: &'static str = "text";
    const MASK: Mask = Mask::Whole;

    fn read(value: &Value) -> Result<Self, String> {
        text(value).map(Self::new)
    }

    fn show(&self) -> String {
        Self::MASK.to_owned()
    }
}

impl<T: Setting> Setting for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const MASK: Mask = T::MASK;
    const IS_SWITCH: bool = T::IS_SWITCH;

    fn read(value: &Value) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(String::new, T::show)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl Setting for Vec<String> {
    const EXPECTED: &'static str = "a list: words separated by commas, or a JSON or TOML list of texts";

    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(items) => items.iter().map(text).collect(),
            Value::String(list) if list.trim_start().starts_with('[') => {
                serde_json::from_str(list).map_err(|error| error.to_string())
            }
            other => Ok(text(other)?
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()),
        }
    }

    fn show(&self) -> String {
        self.join(", ")
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Setting for BTreeMap<String, String> {
    const EXPECTED: &'static str = "a JSON object or a TOML table of texts";

    fn read(value: &Value) -> Result<Self, String> {
        json(value)
    }

    fn show(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// Reads a value that is a tree: as it is from a file, JSON text from the environment.
pub(crate) fn json<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, String> {
    match value {
        Value::String(text) => serde_json::from_str(text),
        tree => serde_json::from_value(tree.clone()),
    }
    .map_err(|error| error.to_string())
}
