//! Follows changes as Redis tells them: client-side caching's broadcast mode (`CLIENT TRACKING ON BCAST`, from
//! Redis 6), which reports every write to our keys by anybody, and needs no setting of the server.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ErrorKind, ProtocolVersion, PushInfo, PushKind, RedisError,
    ServerErrorKind, Value,
};
use t5g_model::documents::Document;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use super::Server;
use super::watch::{End, Teller};
use crate::documents::Change;
use crate::keys;

/// How often an idle connection is proved alive; one that a firewall forgot says nothing by itself.
const PROVE_EVERY: Duration = Duration::from_millis(500);
/// How long connecting and each proof may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// What comes within this time after a change is told together with it.
const GATHER: Duration = Duration::from_millis(5);

/// What was heard since it was last told; bounded by the number of documents.
#[derive(Default)]
struct Heard {
    pending: Mutex<Pending>,
    news: Notify,
}

#[derive(Default)]
struct Pending {
    documents: BTreeSet<Document>,
    everything: bool,
}

/// Connects and tells changes until the connection is lost.
pub(super) async fn follow(server: &Server, teller: &mut Teller) -> End {
    let heard = Arc::new(Heard::default());
    let mut connection = match connect(server, Arc::clone(&heard)).await {
        Ok(connection) => connection,
        Err(error) if is_refusal(&error) => return End::Unable(error),
        Err(error) => return End::Lost(error),
    };
    teller.connected();
    let mut proof = tokio::time::interval(PROVE_EVERY);
    proof.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = heard.news.notified() => {
                tokio::time::sleep(GATHER).await;
                if let Some(change) = heard.take() {
                    teller.tell(change);
                }
            }
            _ = proof.tick() => {
                if let Err(error) = redis::cmd("PING").exec_async(&mut connection).await {
                    return End::Lost(error);
                }
            }
        }
    }
}

async fn connect(server: &Server, heard: Arc<Heard>) -> Result<MultiplexedConnection, RedisError> {
    let info = server.client.get_connection_info().clone();
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    let client = Client::open(info.set_redis_settings(settings))?;
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_push_sender(move |push: PushInfo| {
            heard.hear(&push);
            Ok::<(), Infallible>(())
        });
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    let mut tracking = redis::cmd("CLIENT");
    tracking.arg("TRACKING").arg("ON").arg("BCAST");
    for document in Document::ALL {
        tracking.arg("PREFIX").arg(keys::document(*document));
    }
    tracking.exec_async(&mut connection).await?;
    Ok(connection)
}

/// Whether the server is there but will not do this; otherwise it may do it later.
fn is_refusal(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::RESP3NotSupported => true,
        // A password that is missing or wrong is not about this.
        ErrorKind::Extension => !matches!(error.code(), Some("NOAUTH" | "WRONGPASS")),
        ErrorKind::Server(kind) => matches!(kind, ServerErrorKind::ResponseError | ServerErrorKind::NoPerm),
        _ => false,
    }
}

impl Heard {
    /// Takes note of a push message.
    fn hear(&self, push: &PushInfo) {
        match push.kind {
            PushKind::Invalidate => self.note(&push.data),
            // The proof that is due fails at once and ends the session.
            PushKind::Disconnection => {}
            _ => tracing::debug!(kind = ?push.kind, "an unexpected push message from Redis"),
        }
    }

    /// `data` is a list of keys, or nothing when the whole database was emptied.
    fn note(&self, data: &[Value]) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        match data.first() {
            Some(Value::Array(keys)) => {
                // Whatever begins with a document's key is told too, such as `cards2`.
                pending.documents.extend(keys.iter().filter_map(|key| match key {
                    Value::BulkString(key) => keys::document_at(key),
                    Value::SimpleString(key) => keys::document_at(key.as_bytes()),
                    _ => None,
                }));
            }
            _ => pending.everything = true,
        }
        if pending.everything || !pending.documents.is_empty() {
            self.news.notify_one();
        }
    }

    /// What was heard since the last call.
    fn take(&self) -> Option<Change> {
        let pending = mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        match pending {
            Pending { everything: true, .. } => Some(Change::Everything),
            Pending { documents, .. } if documents.is_empty() => None,
            Pending { documents, .. } => Some(Change::Some(documents)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_for_good_is_a_refusal() {
        for (said, refused) in [
            ("-NOAUTH HELLO must be called with the client already authenticated\r\n", false),
            ("-WRONGPASS invalid username-password pair or user is disabled.\r\n", false),
            ("-LOADING Redis is loading the dataset in memory\r\n", false),
            ("-NOPERM this user has no permissions to run the 'client|tracking' command\r\n", true),
            ("-NOPROTO unsupported protocol version\r\n", true),
            ("-ERR unknown command 'HELLO'\r\n", true),
        ] {
            let error = redis::parse_redis_value(said.as_bytes()).unwrap().extract_error().unwrap_err();
            assert_eq!(is_refusal(&error), refused, "{said}");
        }
    }
}
