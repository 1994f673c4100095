//! Identifiers that must not be mixed up: case numbers and Jira keys.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not what it should name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct InvalidName {
    /// The offending text, cut to 80 characters.
    pub text: String,
    /// What a valid one looks like.
    pub expected: &'static str,
}

impl InvalidName {
    fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), expected }
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.into())) } else { Err(InvalidName::new(text, $expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The number of a support case: 1 to 20 decimal digits (real ones have 8; leading zeros count).
    CaseNumber,
    "a case number (1 to 20 digits)",
    |text| (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
);

text_id!(
    /// The key of a Jira issue, such as `KNIECO-1234`: a project of letters, digits and
    /// underscores that begins with a letter, a hyphen, a number.
    CardKey,
    "a Jira key such as KNIECO-1234",
    is_jira_key
);

fn is_jira_key(text: &str) -> bool {
    let Some((project, number)) = text.rsplit_once('-') else { return false };
    text.len() <= 255
        && project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

impl CardKey {
    /// The project's key: `KNIECO` of `KNIECO-1234`.
    pub fn project(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(project, _)| project)
    }

    /// The digits after the project: `1234` of `KNIECO-1234`.
    pub fn number(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(_, number)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_numbers_are_digits() {
        assert!("01234567".parse::<CaseNumber>().is_ok());
        for bad in ["", "12a", "-1", "１２", "123456789012345678901", " 1"] {
            assert!(bad.parse::<CaseNumber>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn jira_keys_have_a_project_and_a_number() {
        assert_eq!("KNIECO-1234".parse::<CardKey>().unwrap().project(), "KNIECO");
        for bad in ["", "KNIECO", "-1", "1A-2", "KN IECO-1", "A-", "A-1x"] {
            assert!(bad.parse::<CardKey>().is_err(), "{bad:?}");
        }
    }
}
