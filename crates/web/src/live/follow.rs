//! Makes news: looks what changed on the board and in the sources whenever they were replaced, and how far a refresh is
//! as long as somebody listens. One look for all listeners of this process.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use t5g_queue::RunId;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::LiveBoard;
use super::news::Topic;
use crate::api::refresh;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::status::Status;

/// How often a refresh is looked after.
const EVERY: Duration = Duration::from_millis(700);

/// The data are others now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DataNews {
    /// Tells states apart; pages carry that of theirs.
    board: String,
    /// Documents that changed; none if only a new day began, or for who has just come.
    documents: Vec<&'static str>,
}

/// How fresh the sources are changed: ask for them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SourcesNews {
    /// Tells states apart.
    revision: Option<i64>,
}

/// How far a refresh is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct RefreshNews {
    /// Where to ask for it.
    place: String,
    #[serde(flatten)]
    status: Status,
}

/// What was told last.
pub(crate) struct Follower {
    app: AppState,
    board: Arc<LiveBoard>,
    revision: Option<i64>,
    refresh: Option<(RunId, RefreshNews)>,
    failing: bool,
}

impl Follower {
    /// Begins with what is there.
    pub(crate) fn new(app: AppState) -> Self {
        let board = app.live().board_owned();
        app.news().note(Topic::Data, &DataNews::of(&board, Vec::new()));
        let revision = app.live().sources().revision;
        Self { app, board, revision, refresh: None, failing: false }
    }

    /// Works until it is told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let app = self.app.clone();
            tokio::select! {
                () = stop.cancelled() => return,
                () = app.live().changed() => self.look(),
                _ = ticks.tick() => self.look_after_refresh().await,
            }
        }
    }

    fn look(&mut self) {
        let (board, revision) = (self.app.live().board_owned(), self.app.live().sources().revision);
        if board.version() != self.board.version() {
            let news = DataNews::of(&board, changed(&self.board, &board));
            self.app.news().tell(Topic::Data, &news, Some(&DataNews::of(&board, Vec::new())));
        }
        if revision != self.revision {
            let news = SourcesNews { revision };
            self.app.news().tell(Topic::Sources, &news, Some(&news));
        }
        (self.board, self.revision) = (board, revision);
    }

    async fn look_after_refresh(&mut self) {
        if !self.app.news().is_heard() && self.refresh.is_none() {
            return;
        }
        let looked = self.ask().await;
        match &looked {
            Err(error) if !self.failing => tracing::warn!(%error, "how far the refresh is cannot be told"),
            _ => {}
        }
        self.failing = looked.is_err();
    }

    async fn ask(&mut self) -> Result<(), AppError> {
        if let Some(run) = refresh::running(&self.app).await? {
            let id = run.id;
            let news = RefreshNews::of(id, Status::of(run));
            if self.refresh.as_ref().is_none_or(|(_, told)| *told != news) {
                self.app.news().tell(Topic::Refresh, &news, Some(&news));
            }
            self.refresh = Some((id, news));
        } else if let Some((id, _)) = &self.refresh {
            match self.app.launcher().run(*id).await? {
                Some(run) if run.state.is_final() => {
                    let news = RefreshNews::of(*id, Status::of(run));
                    self.app.news().tell(Topic::Refresh, &news, None);
                    self.refresh = None;
                }
                // Between two states; the next look tells.
                Some(_) => {}
                None => {
                    self.app.news().forget(Topic::Refresh);
                    self.refresh = None;
                }
            }
        }
        Ok(())
    }
}

impl DataNews {
    fn of(board: &LiveBoard, documents: Vec<&'static str>) -> Self {
        Self { board: board.version().to_owned(), documents }
    }
}

impl RefreshNews {
    fn of(run: RunId, status: Status) -> Self {
        Self { place: format!("/status/{run}"), status: status.in_short() }
    }
}

/// The documents that are others now.
fn changed(before: &LiveBoard, now: &LiveBoard) -> Vec<&'static str> {
    let print = |board: &LiveBoard, document| board.raw(document).map(|raw| raw.fingerprint);
    let all = now.holdings.documents.keys();
    all.filter(|document| print(before, **document) != print(now, **document))
        .map(|document| document.name())
        .collect()
}
