//! Slack: who we are there, and posting messages. Slack refuses with 200, and takes about one message a second for each
//! channel.

mod errors;
mod pace;
mod text;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Answer, Auth, Call, Fault, Profile, Upstream};
use crate::{ClientError, Endpoint, ErrorKind, Probe, Secret, Surroundings, UpstreamName};

pub use text::{LONGEST, escape, mention};

const SETTING: &str = "slack_token";
const POST: &str = "POST chat.postMessage";
const WHO: &str = "POST auth.test";
/// One message a second for each channel.
const PACE: Duration = Duration::from_secs(1);

/// The client.
#[derive(Debug)]
pub struct SlackClient {
    upstream: Upstream,
    pace: pace::Pace,
}

/// A message that is there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// The channel's id, even where it was named.
    pub channel: String,
    /// What names the message in its channel; replies name it.
    pub ts: String,
}

/// Who the token belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SlackIdentity {
    /// The workspace.
    pub team: String,
    /// The bot's name.
    pub user: String,
}

impl SlackClient {
    /// `endpoint.base` is `https://slack.com/api`. Fails if the address cannot be used or the token is empty.
    pub fn new(endpoint: Endpoint, token: Secret, around: &Surroundings) -> Result<Self, ClientError> {
        let empty = token.is_empty();
        let profile = Profile {
            name: UpstreamName::Slack,
            setting: SETTING,
            auth: Auth::Bearer(token),
            check: errors::check,
            hidden: Vec::new(),
        };
        let upstream = Upstream::new(profile, endpoint, around)?;
        if empty {
            return Err(
                upstream.unsent("setup", ErrorKind::Setting { what: format!("`{SETTING}` is empty") })
            );
        }
        Ok(Self { upstream, pace: pace::Pace::new(PACE) })
    }

    /// The same with another time between two messages to one channel.
    #[must_use]
    pub fn with_pace(self, pace: Duration) -> Self {
        Self { pace: pace::Pace::new(pace), ..self }
    }

    /// Posts a message, or with `thread` (the [`Posted::ts`] of another) a reply to it. The text is in Slack's markup:
    /// texts of other people go through [`escape`], or they could call everybody in the channel. What is longer than
    /// [`LONGEST`] characters is cut, and says so. Whoever posts waits for the [`Self::turn`] first. Never repeated
    /// unless Slack certainly did not take it: after an error that [`ClientError::may_have_acted`] nobody can tell.
    pub async fn post(&self, channel: &str, text: &str, thread: Option<&str>) -> Result<Posted, ClientError> {
        if text.trim().is_empty() {
            let detail = "a message without a text".into();
            return Err(self.upstream.unsent(POST, ErrorKind::Refused { detail }));
        }
        let mut body = json!({"channel": channel, "text": text::fitting(text)});
        if let (Some(thread), Value::Object(members)) = (thread, &mut body) {
            members.insert("thread_ts".into(), json!(thread));
        }
        let call = Call::post(POST, ["chat.postMessage"]);
        let call = call.json(&body).map_err(|fault| self.upstream.fail(POST, fault, 0))?;
        self.upstream.read(call, posted).await
    }

    /// Waits until the channel may have its next message, and takes that turn. Apart from [`Self::post`], since whoever
    /// writes down that a message is begun shall not do so while it only waits.
    pub async fn turn(&self, channel: &str) {
        self.pace.wait(channel).await;
    }

    /// Who the token belongs to.
    pub async fn auth_test(&self) -> Result<SlackIdentity, ClientError> {
        self.upstream.json(Call::post(WHO, ["auth.test"]).reads()).await
    }

    /// For `doctor`: whether it answers and takes the token.
    pub async fn check(&self) -> Result<Probe, ClientError> {
        let who = self.auth_test().await?;
        Ok(Probe {
            service: format!("Slack, workspace {}", who.team),
            identity: Some(who.user),
            clock_skew: self.upstream.clock_skew(),
        })
    }
}

fn posted(answer: &Answer) -> Result<Posted, Fault> {
    let posted: Posted = answer.json()?;
    if posted.ts.is_empty() { Err(Fault::invalid("a posted message without a ts")) } else { Ok(posted) }
}
