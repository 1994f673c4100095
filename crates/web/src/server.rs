//! Serves an application on a listener until told to stop; then lets the running requests end.

use std::future::Future;
use std::io;

use tokio::net::TcpListener;

use crate::app::App;

/// Serves until `shutdown` is over and the requests that run by then are answered.
pub async fn serve(
    listener: TcpListener,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = app.router();
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}
