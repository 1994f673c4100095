//! How bad a case is.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A case's severity. Orders from most severe to least; words that nobody foresaw come last, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Severity {
    /// `1 (Urgent)`
    Urgent,
    /// `2 (High)`
    High,
    /// `3 (Normal)`
    Normal,
    /// `4 (Low)`
    Low,
    /// Whatever else the portal says; never empty of meaning, so kept as it is.
    Other(Box<str>),
}

impl Severity {
    /// The four that the portal documents, most severe first.
    pub const KNOWN: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    /// The word alone, as cards carry it: `Urgent`.
    pub fn word(&self) -> &str {
        match self {
            Self::Urgent => "Urgent",
            Self::High => "High",
            Self::Normal => "Normal",
            Self::Low => "Low",
            Self::Other(word) => word,
        }
    }

    /// The portal's form, as cases carry it: `1 (Urgent)`.
    pub fn numbered(&self) -> String {
        match self {
            Self::Other(word) => word.to_string(),
            known => format!("{} ({})", known.rank(), known.word()),
        }
    }

    /// What a word of engineering means, as Jira (`Critical`) or Bugzilla (`medium`) tells a severity; `None` if
    /// it means nothing, such as `unspecified`.
    pub fn of_engineering(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "urgent" | "blocker" => Some(Self::Urgent),
            "important" | "high" | "major" => Some(Self::High),
            "moderate" | "medium" | "normal" => Some(Self::Normal),
            "low" | "minor" | "informational" => Some(Self::Low),
            _ => None,
        }
    }

    /// 1 (most severe) to 4; 5 for any other.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Urgent => 1,
            Self::High => 2,
            Self::Normal => 3,
            Self::Low => 4,
            Self::Other(_) => 5,
        }
    }
}

impl Default for Severity {
    fn default() -> Self {
        Self::Other("".into())
    }
}

impl FromStr for Severity {
    type Err = Infallible;

    /// Reads `1 (Urgent)`, `Urgent`, and, ignoring case and blanks, anything like them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let word = text.split_once('(').map_or(text, |(_, rest)| rest.trim_end_matches(')')).trim();
        Ok(Self::KNOWN
            .into_iter()
            .find(|known| known.word().eq_ignore_ascii_case(word))
            .unwrap_or_else(|| Self::Other(text.into())))
    }
}

impl PartialOrd for Severity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Severity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.word().cmp(other.word()))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Ok(severity) = text.parse();
        Ok(severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Severity {
        text.parse().unwrap()
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(read("1 (Urgent)"), Severity::Urgent);
        assert_eq!(read("low"), Severity::Low);
        assert_eq!(read("5 (Cosmic)"), Severity::Other("5 (Cosmic)".into()));
        assert_eq!(read("2 (High)").numbered(), "2 (High)");
    }

    #[test]
    fn engineerings_words_are_understood() {
        for (word, severity) in [
            ("Critical", Some(Severity::Urgent)),
            (" important ", Some(Severity::High)),
            ("MODERATE", Some(Severity::Normal)),
            ("Informational", Some(Severity::Low)),
            ("unspecified", None),
            ("", None),
        ] {
            assert_eq!(Severity::of_engineering(word), severity, "{word}");
        }
    }

    #[test]
    fn most_severe_comes_first_and_unknown_last() {
        let mut all = [read("zzz"), read("Low"), read("Urgent"), read("aaa"), read("Normal")];
        all.sort();
        let words: Vec<_> = all.iter().map(Severity::word).collect();
        assert_eq!(words, ["Urgent", "Normal", "Low", "aaa", "zzz"]);
    }
}
