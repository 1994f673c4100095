//! Putting issues into a sprint, and taking them out of all.

use serde_json::json;

use super::JiraClient;
use crate::ClientError;
use crate::http::Call;

const ENTER: &str = "POST /rest/agile/1.0/sprint/{id}/issue";
const LEAVE: &str = "POST /rest/agile/1.0/backlog/issue";
/// The most that one request may name.
const AT_ONCE: usize = 50;

impl JiraClient {
    /// Puts the issues into the sprint. An issue is in one open sprint at most, so this moves it; one that is there
    /// already stays. After an error some of more than 50 may have moved.
    pub async fn move_to_sprint(&self, sprint: u64, keys: &[String]) -> Result<(), ClientError> {
        let id = sprint.to_string();
        self.moved(ENTER, &["rest", "agile", "1.0", "sprint", &id, "issue"], keys).await
    }

    /// Takes the issues out of any sprint that is not closed.
    pub async fn move_to_backlog(&self, keys: &[String]) -> Result<(), ClientError> {
        self.moved(LEAVE, &["rest", "agile", "1.0", "backlog", "issue"], keys).await
    }

    async fn moved(&self, route: &'static str, path: &[&str], keys: &[String]) -> Result<(), ClientError> {
        self.upstream.admit_write(route)?;
        for some in keys.chunks(AT_ONCE) {
            let call = Call::post(route, path.iter().copied()).repeatable();
            let call = self.with_body(route, call, &json!({"issues": some}))?;
            for key in some {
                self.pace.wait(key).await;
            }
            self.upstream.done(call).await?;
        }
        Ok(())
    }
}
