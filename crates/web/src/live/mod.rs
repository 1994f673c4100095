//! The live board: what every page and answer reads, one atomic load away. It is replaced, never changed; the
//! loader in `loader.rs` makes a new one off the request path when the store says that a document changed.

use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;

use tokio::sync::Notify;

pub(crate) mod board;
pub(crate) mod follow;
pub(crate) mod health;
pub(crate) mod loader;
pub(crate) mod news;
pub(crate) mod raw;
pub(crate) mod reports;
pub(crate) mod sources;
pub(crate) mod table;

pub(crate) use board::LiveBoard;
pub(crate) use sources::Sources;

/// The two things that requests read.
#[derive(Debug)]
pub(crate) struct Live {
    board: ArcSwap<LiveBoard>,
    sources: ArcSwap<Sources>,
    changed: Notify,
}

impl Live {
    /// Starts with these.
    pub(crate) fn new(board: LiveBoard, sources: Sources) -> Self {
        Self {
            board: ArcSwap::from_pointee(board),
            sources: ArcSwap::from_pointee(sources),
            changed: Notify::new(),
        }
    }

    /// The board now. Not to be held across an await.
    pub(crate) fn board(&self) -> Guard<Arc<LiveBoard>> {
        self.board.load()
    }

    /// The board now, to keep as long as an answer takes.
    pub(crate) fn board_owned(&self) -> Arc<LiveBoard> {
        self.board.load_full()
    }

    /// The freshness of all sources now.
    pub(crate) fn sources(&self) -> Guard<Arc<Sources>> {
        self.sources.load()
    }

    /// The same, to keep.
    pub(crate) fn sources_owned(&self) -> Arc<Sources> {
        self.sources.load_full()
    }

    pub(crate) fn set_board(&self, board: LiveBoard) {
        self.board.store(Arc::new(board));
        self.changed.notify_one();
    }

    pub(crate) fn set_sources(&self, sources: Sources) {
        self.sources.store(Arc::new(sources));
        self.changed.notify_one();
    }

    /// Waits until either was replaced since the last wait. For one waiter.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}
