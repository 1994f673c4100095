//! The part of an address after the question mark, read strictly: a name that is not known would silently answer
//! another question than the one that was meant.

use axum::http::Uri;
use url::form_urlencoded;

use crate::error::AppError;

/// The most parameters in one address.
const MOST: usize = 50;

/// What was said and is not used yet.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    all: Vec<(String, String)>,
}

impl Parameters {
    /// Reads an address. Something that is said empty is not said.
    pub(crate) fn read(uri: &Uri) -> Result<Self, AppError> {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if value.is_empty() {
                continue;
            }
            if all.iter().any(|(known, _)| *known == name) || all.len() >= MOST {
                return Err(bad(&name, "is said twice, or after too many others"));
            }
            all.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { all })
    }

    /// What that parameter says.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.all.iter().position(|(known, _)| known == name)?;
        Some(self.all.swap_remove(at).1)
    }

    /// `true` or `false`.
    pub(crate) fn take_flag(&mut self, name: &str) -> Result<Option<bool>, AppError> {
        match self.take(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(bad(name, "takes true or false")),
        }
    }

    /// Something that is written as text.
    pub(crate) fn take_parsed<T: std::str::FromStr>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, AppError> {
        let parse = |text: String| text.parse().map_err(|_| bad(name, &format!("takes {expected}")));
        self.take(name).map(parse).transpose()
    }

    /// All that is left, sorted; what of it matters is decided by who asks.
    pub(crate) fn rest(&self) -> Vec<(String, String)> {
        let mut rest = self.all.clone();
        rest.sort();
        rest
    }

    /// Nothing may be left that nobody knows.
    pub(crate) fn finish(self, known: &[&str]) -> Result<(), AppError> {
        match self.all.first() {
            None => Ok(()),
            Some((name, _)) => Err(bad(name, &format!("is not known here. Known are: {}", known.join(", ")))),
        }
    }
}

/// An error about one parameter.
pub(crate) fn bad(name: &str, what: &str) -> AppError {
    let shown: String = name.chars().take(80).collect();
    AppError::BadRequest(format!("The parameter {shown:?} {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Parameters, AppError> {
        Parameters::read(&format!("/x?{query}").parse().unwrap())
    }

    #[test]
    fn what_is_said_is_read_once() {
        let mut all = read("a=1&b=&c=%ED%95%9C+%26&d=true").unwrap();
        assert_eq!((all.take("a").as_deref(), all.take("a"), all.take("b")), (Some("1"), None, None));
        assert_eq!(all.take("c").as_deref(), Some("한 &"));
        assert_eq!(all.take_flag("d").unwrap(), Some(true));
        all.finish(&["a"]).unwrap();
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        assert!(read("a=1&a=2").is_err());
        assert!(read("a=yes").unwrap().take_flag("a").is_err());
        assert!(read("a=x").unwrap().take_parsed::<u32>("a", "a number").is_err());
        let error = read("lmit=3").unwrap().finish(&["limit", "q"]).unwrap_err().to_string();
        assert!(error.contains("\"lmit\"") && error.contains("limit, q"), "{error}");
    }
}
