//! Cuts a document into its entries and reads each on its own.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::documents::Document;
use crate::documents::read::error::reason;
use crate::documents::read::surrogates::without_lone_surrogates;
use crate::documents::read::{Problems, ReadError, Reading};

/// A document's bytes, known to be UTF-8.
pub(crate) struct Text<'a> {
    document: Document,
    text: &'a str,
}

impl<'a> Text<'a> {
    /// Checks the encoding; a byte order mark is passed over.
    pub(crate) fn of(document: Document, bytes: &'a [u8]) -> Result<Self, ReadError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            ReadError::of_encoding(document, bytes.get(..error.valid_up_to()).unwrap_or_default())
        })?;
        Ok(Self { document, text: text.strip_prefix('\u{feff}').unwrap_or(text) })
    }

    pub(super) fn as_str(&self) -> &'a str {
        self.text
    }

    pub(super) fn is_null(&self) -> bool {
        self.text.trim() == "null"
    }

    /// Reads the whole as one value.
    pub(super) fn whole<T: Deserialize<'a>>(&self) -> Result<T, ReadError> {
        serde_json::from_str(self.text).map_err(|error| ReadError::of_json(self.document, &error))
    }
}

/// Hands every member of a top-level object to `take`: key and value, both unparsed, in order.
pub(crate) fn each_member<'a>(
    text: &Text<'a>,
    take: impl FnMut(&'a RawValue, &'a RawValue),
) -> Result<(), ReadError> {
    let mut json = serde_json::Deserializer::from_str(text.text);
    Members(take)
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| ReadError::of_json(text.document, &error))
}

/// Hands every member of a top-level object to `take`: its key as text, its value unparsed, in order.
/// A key that is no text (half of a surrogate pair) is noted and passed over.
pub(super) fn each_entry<'a>(
    text: &Text<'a>,
    problems: &mut Problems,
    mut take: impl FnMut(&str, &'a RawValue, &mut Problems),
) -> Result<(), ReadError> {
    each_member(text, |key, value| match serde_json::from_str::<String>(key.get()) {
        Ok(key) => take(&key, value, problems),
        Err(error) => problems.note(text.document, key.get(), &reason(&error)),
    })
}

/// Reads an object whose entries are values. Of a key that occurs twice the last readable entry counts.
pub(super) fn keyed<K, T>(text: &Text<'_>) -> Result<Reading<BTreeMap<K, T>>, ReadError>
where
    K: FromStr<Err: Display> + Ord,
    T: DeserializeOwned,
{
    collect(text, |document, key, value, problems| entry(document, key, value, problems))
}

/// Reads an object whose entries are lists; a malformed item is skipped, the list's others stay.
pub(super) fn keyed_lists<K, T>(text: &Text<'_>) -> Result<Reading<BTreeMap<K, Vec<T>>>, ReadError>
where
    K: FromStr<Err: Display> + Ord,
    T: DeserializeOwned,
{
    collect(text, |document, key, value, problems| {
        let items = serde_json::from_str::<Option<Vec<&RawValue>>>(value.get());
        let items = items.map_err(|error| problems.note(document, key, &reason(&error))).ok()?;
        let name = name(document, key, problems)?;
        Some((name, items_of(document, key, items.unwrap_or_default(), problems)))
    })
}

/// Reads a top-level list of strings; numbers are read as their digits.
pub(super) fn list_of_texts(text: &Text<'_>) -> Result<Reading<Vec<String>>, ReadError> {
    #[derive(Deserialize)]
    struct Link(#[serde(deserialize_with = "crate::documents::lenient::text_or_number")] String);
    let mut problems = Problems::default();
    let links: Vec<Link> = items_of(text.document, "", text.whole()?, &mut problems);
    Ok(Reading { value: links.into_iter().map(|link| link.0).collect(), problems })
}

/// Reads one entry, or notes what is wrong with it.
pub(super) fn entry<K, T>(
    document: Document,
    key: &str,
    value: &RawValue,
    problems: &mut Problems,
) -> Option<(K, T)>
where
    K: FromStr<Err: Display>,
    T: DeserializeOwned,
{
    Some((name(document, key, problems)?, mended(document, key, value, problems)?))
}

fn name<K>(document: Document, key: &str, problems: &mut Problems) -> Option<K>
where
    K: FromStr<Err: Display>,
{
    key.parse().map_err(|error: K::Err| problems.note(document, key, &error.to_string())).ok()
}

/// Reads a value, or notes what is wrong with it. Halves of surrogate pairs, which programs leave behind
/// that cut text by UTF-16 units, cost the character, not the entry; that is noted too.
fn mended<T: DeserializeOwned>(
    document: Document,
    entry: &str,
    value: &RawValue,
    problems: &mut Problems,
) -> Option<T> {
    let error = match serde_json::from_str(value.get()) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    if let Some(whole) = without_lone_surrogates(value.get())
        && let Ok(value) = serde_json::from_str(&whole)
    {
        problems.note(document, entry, "holds half of a character (a lone surrogate), which is replaced");
        return Some(value);
    }
    problems.note(document, entry, &reason(&error));
    None
}

fn collect<'a, K: Ord, T>(
    text: &Text<'a>,
    mut read: impl FnMut(Document, &str, &'a RawValue, &mut Problems) -> Option<(K, T)>,
) -> Result<Reading<BTreeMap<K, T>>, ReadError> {
    let mut reading = Reading { value: BTreeMap::new(), problems: Problems::default() };
    let entries = &mut reading.value;
    each_entry(text, &mut reading.problems, |key, value, problems| {
        let Some((name, value)) = read(text.document, key, value, problems) else { return };
        if entries.insert(name, value).is_some() {
            problems.note(text.document, key, Problems::TWICE);
        }
    })?;
    Ok(reading)
}

fn items_of<T: DeserializeOwned>(
    document: Document,
    key: &str,
    items: Vec<&RawValue>,
    problems: &mut Problems,
) -> Vec<T> {
    let mut list = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        let comma = if key.is_empty() { "" } else { ", " };
        let entry = format!("{key}{comma}item {}", place + 1);
        list.extend(mended(document, &entry, item, problems));
    }
    list
}

struct Members<F>(F);

impl<'de, F: FnMut(&'de RawValue, &'de RawValue)> DeserializeSeed<'de> for Members<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&'de RawValue, &'de RawValue)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry()? {
            (self.0)(key, value);
        }
        Ok(())
    }
}
