//! Several values of one kind: separated by commas in the environment, a list in a file.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;

use crate::setting::Setting;

/// What can stand in a [`List`].
pub trait Listed: FromStr<Err = ()> + Display {
    /// What several of them look like, in words that follow "expected".
    const SEVERAL: &'static str;
    /// What is said of a list with something else in it.
    const ODD: &'static str;
}

/// Some values; none if nobody set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Listed> Setting for List<T> {
    const EXPECTED: &'static str = T::SEVERAL;

    fn read(value: &Value) -> Result<Self, String> {
        let words = Vec::<String>::read(value)?;
        let read = |word: &String| word.parse().map_err(|()| T::ODD.to_owned());
        words.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn show(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

#[cfg(test)]
mod tests {
    use crate::values::{MailAddresses, Networks};

    use super::*;

    #[test]
    fn a_list_is_read_from_both_forms_and_shown_as_it_can_be_read() {
        for value in [Value::from("10.0.0.0/8, ::1"), serde_json::json!(["10.0.0.0/8", "::1"])] {
            let list = Networks::read(&value).unwrap();
            assert_eq!(list.show(), "10.0.0.0/8, ::1/128");
            assert_eq!(Networks::read(&list.show().into()), Ok(list));
        }
        assert_eq!(Networks::absent(), Some(List::default()));
    }

    #[test]
    fn one_odd_word_makes_the_list_unreadable() {
        let odd = MailAddresses::read(&"a@b.c, nobody".into());
        assert_eq!(odd, Err("one of them is no mail address".to_owned()));
        assert_eq!(Networks::read(&"10.0.0.0/8, proxy".into()), Err(String::new()));
    }
}
