//! Readers for fields whose type varies between writers. They take no more than the contract grants: any
//! other type is an error, so that the entry is skipped and counted.

use std::fmt;

use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::names::CaseNumber;

/// A value, or null for its default.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A string, or a number that is read as its digits.
pub(super) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(TextOrNumber)
}

/// Like [`text_or_number`], or null.
pub(super) fn optional_text_or_number<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    struct Text(#[serde(deserialize_with = "text_or_number")] String);
    Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
}

/// Like [`text_or_number`]; null is empty.
pub(super) fn text_or_number_or_default<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(optional_text_or_number(deserializer)?.unwrap_or_default())
}

/// A case number, as a string or as a number.
pub(super) fn case_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CaseNumber, D::Error> {
    text_or_number(deserializer)?.parse().map_err(D::Error::custom)
}

/// A list of strings; a lone string is a list of one, null an empty one.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(List)
}

/// A figure of an old day: a whole number that is not negative, or null for 0. Python writes some as `3.0`.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number: Option<serde_json::Number> = Option::deserialize(deserializer)?;
    let Some(number) = number else { return Ok(0) };
    if let Some(count) = number.as_u64() {
        return Ok(count);
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..=9e15).contains(float));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked in the line above")]
    float.map(|float| float as u64).ok_or_else(|| {
        D::Error::invalid_value(Unexpected::Other("number"), &"a whole number that is not negative")
    })
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of strings, a string or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
        let mut list = Vec::new();
        while let Some(text) = seq.next_element()? {
            list.push(text);
        }
        Ok(list)
    }
}
