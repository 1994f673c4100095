//! The page that says what went wrong, what still works and what to do.

use serde::Serialize;
use url::form_urlencoded;

use crate::error::AppError;
use crate::templates::Page;

/// What the error page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ErrorPage {
    status: u16,
    title: String,
    detail: String,
    /// Shown when the fault is ours, so that a person can name the case.
    request_id: Option<String>,
    /// Where what was meant may be found.
    search: Option<String>,
}

impl ErrorPage {
    /// Of this error, in the request of this id.
    pub(crate) fn of(error: &AppError, id: &str) -> Self {
        let ours = error.status().is_server_error();
        Self {
            status: error.status().as_u16(),
            title: error.title().to_owned(),
            detail: error.to_string(),
            request_id: ours.then(|| id.to_owned()),
            search: match error {
                AppError::NoSuchCard(key) => Some(search(key)),
                _ => None,
            },
        }
    }
}

/// All cards that have the words anywhere.
fn search(words: &str) -> String {
    let phrase = format!("\"{}\"", words.replace(['"', '\\'], " "));
    format!("/table/all?q={}", form_urlencoded::byte_serialize(phrase.as_bytes()).collect::<String>())
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "pages/error.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        Ok(vec![
            Self::of(&AppError::NoSuchPage, "0-1"),
            Self::of(&AppError::TimedOut, "18f-2"),
            Self::of(&AppError::NoSuchCard("<b>\"X-1\"".to_owned()), "0-4"),
            Self::of(&AppError::NotFound("<script>alert('&')</script>".to_owned()), "0-3"),
        ])
    }
}
