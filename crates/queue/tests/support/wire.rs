//! A wire to a server that can be cut: nothing goes through, and nobody is told, as when a network breaks.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// The wire; it is gone with this value.
pub(crate) struct Wire {
    port: u16,
    whole: watch::Sender<bool>,
    listening: AbortHandle,
}

impl Wire {
    /// To the server on that port.
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (whole, watching) = watch::channel(true);
        let listening = tokio::spawn(listen(listener, server, watching)).abort_handle();
        Self { port, whole, listening }
    }

    /// The address with this wire's port in place of the server's.
    pub(crate) fn through(&self, address: &str, server: u16) -> String {
        address.replace(&format!(":{server}/"), &format!(":{}/", self.port))
    }

    /// From here on nothing goes through; what is connected stays so, and never hears of anything.
    pub(crate) fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// New connections go through; those from before the cut are dead for ever.
    pub(crate) fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, server: u16, whole: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        let mut whole = whole.clone();
        tokio::spawn(async move {
            // One who knocks while it is cut waits.
            let there = whole.wait_for(|whole| *whole).await.is_ok();
            if !there {
                return;
            }
            let server = SocketAddr::from((Ipv4Addr::LOCALHOST, server));
            let Ok(server) = TcpStream::connect(server).await else { return };
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            tokio::select! {
                () = pass(from_client, to_server, whole.clone()) => {}
                () = pass(from_server, to_client, whole) => {}
            }
        });
    }
}

/// Passes bytes on until an end closes; after a cut it holds both ends open and passes nothing.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut whole: watch::Receiver<bool>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            biased;
            () = async { drop(whole.wait_for(|whole| !*whole).await) } => {
                // Much longer than any test.
                tokio::time::sleep(Duration::from_hours(1)).await;
                return;
            }
            read = from.read(&mut buffer) => read,
        };
        match read {
            Ok(count @ 1..) if to.write_all(&buffer[..count]).await.is_ok() => {}
            _ => return,
        }
    }
}
