//! Serves an application on a listener until told to stop; then lets the running requests end. Bounds what a
//! client can hold without asking for anything: connections are counted, requests have to
//! come in time, and answers have to be taken in time.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{AcquireError, Semaphore};
use tower::ServiceExt as _;

use crate::access::Peer;
use crate::app::App;
use crate::stream::Stream;

/// How long accepting pauses when the system has no more room for connections.
const NO_ROOM: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is over and the requests that run by then are answered.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let limits = app.limits();
    let router = app.router();
    // Plain HTTP/2 is spoken by nobody here, and telling the versions apart would wait for ever.
    let mut protocol = Builder::new(TokioExecutor::new()).http1_only();
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(limits.request_within);
    let places = Arc::new(Semaphore::new(limits.connections));
    let running = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await?;
            Ok::<_, AcquireError>((place, accept(&listener).await))
        };
        let (place, (stream, peer)) = tokio::select! {
            () = &mut shutdown => break,
            next = next => next.map_err(io::Error::other)?,
        };
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let stream = TokioIo::new(Stream::new(stream, limits.taken_within));
        let connection = protocol.serve_connection(stream, service).into_owned();
        let connection = running.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    app.close_streams();
    running.shutdown().await;
    Ok(())
}

/// The next connection. One that is gone already is no reason to stop, nor is a full table of files.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        let error = match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => error,
        };
        let gone = [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::ConnectionReset,
        ];
        if !gone.contains(&error.kind()) {
            tracing::error!(%error, "no connection can be taken; trying again in {} s", NO_ROOM.as_secs());
            tokio::time::sleep(NO_ROOM).await;
        }
    }
}
