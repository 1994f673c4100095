//! Names with values, as OpenTelemetry writes them: `name=value,name=value`, values percent-encoded.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::setting::{Setting, text};

/// In the order in which they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromStr for Pairs {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(pair).collect::<Option<_>>().map(Self).ok_or(())
    }
}

fn pair(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let (name, value) = (name.trim(), decoded(value.trim())?);
    let fits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    (fits && !value.chars().any(char::is_control)).then(|| (name.to_owned(), value.into_owned()))
}

/// `%20` is a space; a sign that begins no such triple stands for itself.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let triple = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = triple.filter(|_| *first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.iter().map(|(name, value)| format!("{name}={value}")).collect();
        f.write_str(&all.join(","))
    }
}

impl Setting for Pairs {
    const EXPECTED: &'static str = "name=value, separated by commas";

    fn read(value: &Value) -> Result<Self, String> {
        text(value)?.parse().map_err(|()| String::new())
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_values_decoded() {
        let pairs: Pairs = "a=1, b.c = two%20words%2C ,authorization=Bearer%20x=y,".parse().unwrap();
        let read: Vec<_> = pairs.iter().collect();
        assert_eq!(read, [("a", "1"), ("b.c", "two words,"), ("authorization", "Bearer x=y")]);
        assert_eq!("a=100%".parse::<Pairs>().unwrap().iter().collect::<Vec<_>>(), [("a", "100%")]);
        for bad in ["a", "=1", "a b=1", "a=%0d%0ab", "a=%ff"] {
            assert!(bad.parse::<Pairs>().is_err(), "{bad}");
        }
        assert_eq!("".parse::<Pairs>().unwrap(), Pairs::default());
    }
}
