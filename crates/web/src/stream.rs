//! A connection whose other end has to take in time what it asked for: who asks for much and reads little must not
//! hold a place for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// As many bytes have to be taken in the time that is given, or all that wait: a slow line does more.
const ENOUGH: usize = 64 * 1024;

/// See the file's head.
#[derive(Debug)]
pub(crate) struct Stream {
    inner: TcpStream,
    within: Duration,
    /// Ends when the time is over; there while something waits to be taken.
    patience: Option<Pin<Box<Sleep>>>,
    /// What was taken since then.
    taken: usize,
}

impl Stream {
    /// Of which that much has to be taken within that time.
    pub(crate) fn new(inner: TcpStream, within: Duration) -> Self {
        Self { inner, within, patience: None, taken: 0 }
    }

    /// What came of writing, or that the other end took too little for too long.
    fn judge(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.taken += bytes;
                if self.taken >= ENOUGH {
                    self.calm();
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                let within = self.within;
                let patience = self.patience.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
                ready!(patience.as_mut().poll(context));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other end does not read")))
            }
        }
    }

    fn calm(&mut self) {
        self.patience = None;
        self.taken = 0;
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.judge(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    /// Asked for when nothing waits any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.calm();
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
