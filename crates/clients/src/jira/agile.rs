//! Boards and sprints.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::wire::WireAgilePage;
use super::{JiraClient, WireBoard, WireSprint, paging};
use crate::http::Call;
use crate::{ClientError, ErrorKind};

const BOARDS: &str = "GET /rest/agile/1.0/board";
const SPRINTS: &str = "GET /rest/agile/1.0/board/{id}/sprint";
const PAGE: usize = 50;

impl JiraClient {
    /// The board with exactly this name (Jira itself looks for parts of names); of several, the oldest. `None` if
    /// there is none that we may see.
    pub async fn board_by_name(&self, name: &str) -> Result<Option<WireBoard>, ClientError> {
        let call = Call::get(BOARDS, ["rest", "agile", "1.0", "board"]).query("name", name);
        let boards: Vec<WireBoard> = self.agile(BOARDS, call, |board: &WireBoard| board.id).await?;
        Ok(boards.into_iter().filter(|board| board.name == name).min_by_key(|board| board.id))
    }

    /// The board's active sprints, oldest first.
    pub async fn active_sprints(&self, board: u64) -> Result<Vec<WireSprint>, ClientError> {
        self.sprints(board, "active").await
    }

    /// The board's sprint that ended last; `None` if none has.
    pub async fn last_closed_sprint(&self, board: u64) -> Result<Option<WireSprint>, ClientError> {
        let closed = self.sprints(board, "closed").await?.into_iter();
        Ok(closed.max_by(|a, b| (&a.end_date, a.id).cmp(&(&b.end_date, b.id))))
    }

    async fn sprints(&self, board: u64, state: &str) -> Result<Vec<WireSprint>, ClientError> {
        let id = board.to_string();
        let call = Call::get(SPRINTS, ["rest", "agile", "1.0", "board", &id, "sprint"]).query("state", state);
        let mut sprints: Vec<WireSprint> = self.agile(SPRINTS, call, |sprint: &WireSprint| sprint.id).await?;
        sprints.sort_by(|a, b| (&a.start_date, a.id).cmp(&(&b.start_date, b.id)));
        Ok(sprints)
    }

    /// The board's active sprint; of several, the one that began last. `None` between two sprints.
    pub async fn active_sprint(&self, board: u64) -> Result<Option<WireSprint>, ClientError> {
        Ok(self.active_sprints(board).await?.pop())
    }

    async fn agile<T>(
        &self,
        route: &'static str,
        call: Call,
        id: fn(&T) -> u64,
    ) -> Result<Vec<T>, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut values: Vec<T> = Vec::new();
        let mut seen = HashSet::new();
        let mut start = 0;
        loop {
            let page = call.clone().query("startAt", start).query("maxResults", PAGE);
            let page: WireAgilePage<T> = self.upstream.json(page).await?;
            let end = paging::agile_end(&page, start);
            start += page.values.len();
            self.upstream.bounded(route, start)?;
            let before = values.len();
            values.extend(page.values.into_iter().filter(|value| seen.insert(id(value))));
            if end {
                return Ok(values);
            }
            if values.len() == before {
                let what = "a page of a list that repeats the one before".into();
                return Err(self.upstream.error(route, ErrorKind::Invalid { what }));
            }
        }
    }
}
