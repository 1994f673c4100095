//! Serves an application, or monitoring alone, on a listener until told to stop; then lets the running requests end. Bounds what a
//! client can hold without asking for anything: connections are counted, requests have to
//! come in time, and answers have to be taken in time.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::access::Peer;
use crate::app::App;
use crate::settings::Limits;
use crate::stream::Stream;

/// How long accepting pauses when the system has no more room for connections.
const NO_ROOM: Duration = Duration::from_secs(1);

/// How long a stop leaves connections open on which nothing happens: a request may be on its way, and a proxy that keeps
/// connections is to hear with its next answer that this one ends. What changes something would not be sent again.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How often to look whether everybody has gone before that.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Serves until `shutdown` is over and the requests that run by then are answered.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (limits, router) = (app.limits(), app.router());
    answer(listener, router, limits, shutdown, || app.close_streams()).await
}

/// Answers on a listener within these limits until `shutdown` is over; `closing` ends what would not end by itself.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send + 'static,
    closing: impl FnOnce(),
) -> io::Result<()> {
    // Plain HTTP/2 is spoken by nobody here, and telling the versions apart would wait for ever.
    let mut protocol = Builder::new(TokioExecutor::new()).http1_only();
    protocol.http1().timer(TokioTimer::new()).header_read_timeout(limits.request_within);
    let places = Arc::new(Semaphore::new(limits.connections));
    let running = GracefulShutdown::new();
    let leaving = Arc::new(AtomicBool::new(false));
    tokio::pin!(shutdown);
    let begin = |place: OwnedSemaphorePermit, stream: TcpStream, peer: SocketAddr| {
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let leaving = Arc::clone(&leaving);
        let service = service.map_response(move |mut response: Response| {
            if leaving.load(Ordering::Relaxed) {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
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
    };
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await?;
            Ok::<_, AcquireError>((place, accept(&listener).await))
        };
        let (place, (stream, peer)) = tokio::select! {
            () = &mut shutdown => break,
            next = next => next.map_err(io::Error::other)?,
        };
        begin(place, stream, peer);
    }
    leaving.store(true, Ordering::Relaxed);
    // Whoever connected by now would be cut off without a word, and a proxy could not know that nothing was done.
    for (stream, peer) in waiting(listener)? {
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            begin(place, stream, peer);
        }
    }
    closing();
    let gone = async {
        while places.available_permits() < limits.connections {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    // Whoever is still there is idle or being answered; the one is closed, the other waited for.
    _ = tokio::time::timeout(LAST_REQUESTS, gone).await;
    running.shutdown().await;
    Ok(())
}

/// Connections that the system has taken for us and that nobody has fetched; then nobody listens any more.
fn waiting(listener: TcpListener) -> io::Result<Vec<(TcpStream, SocketAddr)>> {
    // The runtime would first have to hear of them.
    let listener = listener.into_std()?;
    let mut all = Vec::new();
    // An error says that nobody waits, or that the one who did is gone.
    while let Ok((stream, peer)) = listener.accept() {
        stream.set_nonblocking(true)?;
        all.push((TcpStream::from_std(stream)?, peer));
    }
    Ok(all)
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
