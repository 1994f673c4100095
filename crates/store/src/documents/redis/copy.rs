//! Copies all documents as of one moment: they are watched while they are read, and read again if one of them was
//! written meanwhile. The server keeps nothing for it and computes nothing.

use t5g_model::documents::Document;

use super::Server;
use crate::documents::{Copier, not_taken};
use crate::{StoreError, keys};

/// How often it is tried while others write. A refresh writes once in minutes, a copy takes seconds.
const TRIES: usize = 20;

/// Hands every document that exists to `copier`.
pub(super) async fn copy(server: &Server, copier: &mut dyn Copier) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        if tried(server, copier).await? {
            return Ok(());
        }
    }
    Err(StoreError::Unavailable {
        place: server.place.clone(),
        doing: "copying the documents",
        cause: "others keep writing at the same time; try again".into(),
    })
}

/// False if something changed meanwhile.
async fn tried(server: &Server, copier: &mut dyn Copier) -> Result<bool, StoreError> {
    let mut connection = server.connect().await?;
    let mut watch = redis::cmd("WATCH");
    for document in Document::ALL {
        watch.arg(keys::document(*document));
    }
    watch.exec_async(&mut connection).await.map_err(server.failed("watching the documents"))?;
    copier.begin().map_err(not_taken(&server.place))?;
    for document in Document::ALL {
        if let Some(bytes) = server.value(&mut connection, *document).await? {
            copier.take(*document, &bytes).map_err(not_taken(&server.place))?;
        }
    }
    // A transaction that does nothing happens only if nothing that is watched has changed.
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("PING");
    let unchanged: Option<redis::Value> = pipe
        .query_async(&mut connection)
        .await
        .map_err(server.failed("seeing whether the documents changed meanwhile"))?;
    Ok(unchanged.is_some())
}
