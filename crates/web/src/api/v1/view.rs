//! What an answer is made from: one board and what else holds at that moment. Cheap to make, owned by the answer.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use t5g_model::board::Board;

use crate::app::AppState;
use crate::error::AppError;
use crate::live::{LiveBoard, Sources};
use crate::settings::WebSettings;

/// See the file's head.
pub(crate) struct View {
    pub(crate) live: Arc<LiveBoard>,
    pub(crate) sources: Arc<Sources>,
    pub(crate) now: DateTime<Utc>,
    app: AppState,
}

impl View {
    /// Of this moment; an error while nothing was ever read from the store.
    pub(crate) fn of(app: &AppState) -> Result<Self, AppError> {
        let view = Self::now(app);
        view.live.usable()?;
        Ok(view)
    }

    /// Of this moment, whatever there is.
    pub(crate) fn now(app: &AppState) -> Self {
        let (live, sources) = (app.live().board_owned(), app.live().sources_owned());
        Self { live, sources, now: app.clock().now(), app: app.clone() }
    }

    /// The board.
    pub(crate) fn board(&self) -> &Board {
        &self.live.board
    }

    /// How this deployment wants it.
    pub(crate) fn settings(&self) -> &WebSettings {
        self.app.settings()
    }

    /// The date, where the team is.
    pub(crate) fn today(&self) -> NaiveDate {
        self.board().rules().date_of(self.now)
    }
}
