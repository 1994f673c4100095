//! What somebody sees who is not signed in: the login page, why signing in did not work, that they are signed out.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use crate::access::AccessSettings;
use crate::app::AppState;
use crate::error::AppError;
use crate::samples::HOSTILE;
use crate::templates::Page;
use crate::view::chrome::Bare;

/// Why somebody is not let in, as far as they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The sign-in was not begun in this browser, or too long ago.
    NotAsked,
    /// The identity provider's answer is not believed.
    NotBelieved,
    /// The identity provider does not say this of them.
    Lacks(&'static str),
    /// They are in no group that is let in.
    NoGroup(String),
    /// They are shut out.
    Blocked(String),
    /// The identity provider's word on signing out is not believed.
    LogoutNotBelieved,
}

/// What the page shows.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct LoginPage {
    title: &'static str,
    words: Vec<String>,
    /// Whether something went wrong.
    alarm: bool,
    /// Where signing in begins.
    sign_in: Option<String>,
    /// The form's token, where there is a session to end.
    sign_out: Option<String>,
    /// Where the browser is led by itself.
    leads_to: Option<String>,
    /// Who can help.
    contact: Option<String>,
    /// For who helps.
    request_id: Option<String>,
}

impl LoginPage {
    /// Somebody comes.
    pub(crate) fn welcome(target: Option<&str>) -> Self {
        let words = "Cases, cards and bugs of the field support team. Sign in with your company account.";
        Self {
            title: "Sign in",
            words: vec![words.to_owned()],
            sign_in: Some(start(target)),
            ..Self::default()
        }
    }

    /// Somebody whose session is over.
    pub(crate) fn session_ended(target: Option<&str>) -> Self {
        let words = "Your session has ended. Sign in again, and you are back where you were.";
        Self { words: vec![words.to_owned()], ..Self::welcome(target) }
    }

    /// Somebody who has left.
    pub(crate) fn signed_out() -> Self {
        let words = "You are signed out.";
        Self { title: "Signed out", words: vec![words.to_owned()], ..Self::welcome(None) }
    }

    /// Somebody who may want to leave.
    pub(crate) fn sign_out(name: &str, form_token: &str) -> Self {
        Self {
            title: "Sign out?",
            words: vec![format!("You are signed in as {name}.")],
            sign_out: Some(form_token.to_owned()),
            ..Self::default()
        }
    }

    /// Somebody who has left here and is led to the identity provider, to leave there too.
    pub(crate) fn leading_on(address: &str) -> Self {
        let words = "You are signed out here. Signing out at your identity provider …";
        Self {
            title: "Signing out",
            words: vec![words.to_owned()],
            leads_to: Some(address.to_owned()),
            ..Self::default()
        }
    }

    /// Somebody whose answer came too late, and who is not signed in by another tab.
    pub(crate) fn late(settings: &AccessSettings) -> Self {
        Self { leads_to: None, request_id: None, ..Self::refused(&Refusal::NotAsked, settings, "") }
    }

    /// Somebody who is not let in.
    pub(crate) fn refused(refusal: &Refusal, settings: &AccessSettings, request_id: &str) -> Self {
        let title = match refusal {
            Refusal::NoGroup(_) | Refusal::Blocked(_) => "No access",
            Refusal::LogoutNotBelieved => "Signing out was not completed",
            _ => "Signing in did not work",
        };
        Self {
            title,
            words: refusal.words(),
            alarm: true,
            sign_in: (!matches!(refusal, Refusal::Blocked(_))).then(|| start(None)),
            // They may be signed in already, by another tab, which only our own page can find out.
            leads_to: (*refusal == Refusal::NotAsked).then(|| "/?late".to_owned()),
            contact: settings.contact.clone().filter(|_| *refusal != Refusal::NotAsked),
            request_id: Some(request_id.to_owned()),
            ..Self::default()
        }
    }
}

impl Refusal {
    fn words(&self) -> Vec<String> {
        let again = "Please start again.";
        match self {
            Self::NotAsked => vec![
                "This sign-in took too long, was finished already, or was begun in another browser or window."
                    .to_owned(),
                again.to_owned(),
            ],
            Self::NotBelieved => vec![
                "The answer of your identity provider could not be accepted.".to_owned(),
                "Please start again. If it happens again, tell an administrator: the reason is in the audit log."
                    .to_owned(),
            ],
            Self::Lacks(attribute) => vec![
                format!("Your identity provider does not say what is needed of you: {attribute}."),
                "An administrator of the identity provider has to add this attribute for this application."
                    .to_owned(),
            ],
            Self::NoGroup(name) => vec![
                format!("You are known as {name}, but you are in none of the groups that may see this dashboard."),
                "Ask to be added to one of them, then sign in again.".to_owned(),
            ],
            Self::Blocked(name) => {
                vec![format!("You are known as {name}, but an administrator has shut this account out.")]
            }
            Self::LogoutNotBelieved => vec![
                "The message of your identity provider could not be accepted.".to_owned(),
                "If you want to be sure, close the browser.".to_owned(),
            ],
        }
    }
}

/// The address where signing in begins.
fn start(target: Option<&str>) -> String {
    match target {
        None => "/?sso".to_owned(),
        Some(target) => {
            let mut query = url::form_urlencoded::Serializer::new(String::from("sso"));
            format!("/?{}", query.append_pair("next", target).finish())
        }
    }
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "pages/login.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings = AccessSettings { contact: Some(HOSTILE.to_owned()), ..AccessSettings::default() };
        let refused = [
            Refusal::NotAsked,
            Refusal::NotBelieved,
            Refusal::Lacks("mail"),
            Refusal::NoGroup(HOSTILE.to_owned()),
            Refusal::Blocked(HOSTILE.to_owned()),
            Refusal::LogoutNotBelieved,
        ];
        let mut pages: Vec<_> =
            refused.iter().map(|refusal| Self::refused(refusal, &settings, "18f-2")).collect();
        pages.push(Self::welcome(Some("/table/all?q=%22")));
        pages.push(Self::session_ended(None));
        pages.push(Self::signed_out());
        pages.push(Self::late(&settings));
        pages.push(Self::sign_out(HOSTILE, "0a"));
        pages.push(Self::leading_on("https://idp.example/slo?a=b&c=\"d"));
        Ok(pages)
    }
}

/// The page as an answer.
pub(crate) fn rendered(
    app: &AppState,
    headers: &HeaderMap,
    page: &LoginPage,
    status: StatusCode,
) -> Response {
    match app.templates().render(page, &Bare::of(app, headers)) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => AppError::internal(error).into_response(),
    }
}
