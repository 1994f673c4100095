//! What every page has around it: navigation, freshness, theme, banners, who is signed in. Made in one place, not
//! by handlers. Pages for strangers have a frame of their own, which knows nothing.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use serde::Serialize;
use t5g_model::names::{Role, Scope};

use crate::access::{Caller, Credential};
use crate::app::AppState;
use crate::assets::Assets;
use crate::view::freshness::{FreshnessView, SourceReport};

/// The frame of a page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Chrome {
    /// The reader's choice of colours.
    pub theme: Theme,
    /// The live board's version, so that the page notices a newer one.
    pub board: String,
    /// `2026-11-23 14:05 UTC`: at what time the page was made.
    pub as_of: String,
    /// Addresses of scripts and styles by plain name.
    pub assets: BTreeMap<String, String>,
    /// The chip and its panel.
    pub freshness: FreshnessView,
    /// What is wrong with the data right now, each a sentence.
    pub banners: Vec<String>,
    /// Who looks at it.
    pub user: Option<UserView>,
}

/// The frame of a page for somebody who is not signed in.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bare {
    theme: Theme,
    assets: BTreeMap<String, String>,
    user: Option<UserView>,
}

impl Bare {
    /// For an answer to a request with these headers.
    pub(crate) fn of(app: &AppState, headers: &HeaderMap) -> Self {
        Self { theme: Theme::of(headers), assets: app.assets().addresses().clone(), user: None }
    }

    /// A frame for samples.
    pub(crate) fn sample() -> Self {
        Self { theme: Theme::Light, assets: Assets::unbuilt().addresses().clone(), user: None }
    }
}

/// Who looks at a page.
#[derive(Clone, Serialize)]
pub(crate) struct UserView {
    name: String,
    role: &'static str,
    /// Whether they see the pages of administrators.
    admin: bool,
    /// Whether they see background work.
    operator: bool,
    may_refresh: bool,
    /// What forms carry; `None` where there is no session.
    csrf: Option<String>,
}

impl std::fmt::Debug for UserView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserView({:?}, {})", self.name, self.role)
    }
}

impl UserView {
    fn of(caller: &Caller, viewers_refresh: bool) -> Self {
        Self {
            name: caller.name.clone(),
            role: caller.role.as_str(),
            admin: caller.may(Scope::Admin, viewers_refresh),
            operator: caller.may(Scope::Write, viewers_refresh),
            may_refresh: caller.may(Scope::Refresh, viewers_refresh),
            csrf: match &caller.credential {
                Credential::Session { form_token, .. } => Some(form_token.clone()),
                Credential::Local | Credential::Token { .. } => None,
            },
        }
    }
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// What the reader's cookie says; anything unknown is as the system says.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let choice = cookies
            .flat_map(|line| line.split(';'))
            .find_map(|cookie| cookie.trim().strip_prefix("t5g_theme="));
        match choice {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }
}

impl Chrome {
    /// For an answer to this caller's request with these headers.
    pub(crate) fn of(app: &AppState, caller: &Caller, headers: &HeaderMap) -> Self {
        let (now, zone) = (app.clock().now(), app.settings().rules.time_zone);
        let board = app.live().board();
        let reports = app.live().sources();
        Self {
            theme: Theme::of(headers),
            board: board.version().to_owned(),
            as_of: now.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string(),
            assets: app.assets().addresses().clone(),
            freshness: FreshnessView::of(&reports.reports, now, zone),
            banners: board.banners(now, zone).into_iter().chain(reports.banner(now, zone)).collect(),
            user: Some(UserView::of(caller, app.gate().settings().groups.viewers_refresh())),
        }
    }

    /// A frame for samples, with something in every place.
    pub(crate) fn sample(reports: &[SourceReport], now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            theme: Theme::Dark,
            board: "sample".to_owned(),
            as_of: "2026-11-23 14:05 UTC".to_owned(),
            assets: Assets::unbuilt().addresses().clone(),
            freshness: FreshnessView::of(reports, now, chrono_tz::Tz::UTC),
            banners: vec!["<b>Document cards</b> cannot be read since 12:00.".to_owned()],
            user: Some(UserView {
                name: crate::samples::HOSTILE.to_owned(),
                role: Role::Admin.as_str(),
                admin: true,
                operator: true,
                may_refresh: true,
                csrf: Some("0a".to_owned()),
            }),
        }
    }
}
