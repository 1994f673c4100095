//! Starts and stops the servers: one loopback port, each upstream under its own path, and one for mail.

mod connection;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) use self::connection::Connection;
use self::connection::CuttableListener;
use crate::environment::environment;
use crate::settings::{SimulatorSettings, WorldSettings};
use crate::state::{Shared, Sim};
use crate::world::World;
use crate::{bugzilla, control, faults, jira, mail, portal, slack, sso};

/// The largest request that is read, in bytes.
const LARGEST_REQUEST: usize = 8 << 20;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would be reachable from outside.
    #[error("the simulator listens on loopback only, not on {0}; use 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The world would be empty, or too large.
    #[error("a simulated world has 1 to {most} cases, not {asked}", most = WorldSettings::MOST_CASES)]
    Size {
        /// How many were asked for.
        asked: u32,
    },
    /// The port is taken, or the like.
    #[error("the simulator cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The upstreams, offline.
#[derive(Debug)]
pub struct Simulator;

/// A simulator that answers. Stops when it is told to, or when this is dropped.
#[derive(Debug)]
pub struct Running {
    sim: Shared,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    mail: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.mail.abort();
    }
}

impl Simulator {
    /// Starts answering.
    pub async fn start(settings: SimulatorSettings) -> Result<Running, StartError> {
        let asked = settings.world.cases;
        if asked == 0 || asked > WorldSettings::MOST_CASES {
            return Err(StartError::Size { asked });
        }
        let (listener, address) = listen(settings.listen).await?;
        let (mail_listener, mail_address) = listen(settings.mail_listen).await?;
        let sim: Shared = Arc::new(Sim::new(settings, format!("http://{address}"), mail_address));
        let mail = tokio::spawn(mail::serve(mail_listener, sim.clone()));
        let service = routes(&sim).into_make_service_with_connect_info::<Connection>();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(CuttableListener(listener), service).with_graceful_shutdown(async move {
            // Either way it is time to stop: told, or the handle dropped.
            drop(stopped.await);
        });
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the simulator stopped");
            }
        });
        Ok(Running { sim, address, stop: Some(stop), task, mail })
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(address));
    }
    let refused = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

fn routes(sim: &Shared) -> Router {
    Router::new()
        .nest("/sso", sso::routes())
        .merge(portal::routes())
        .merge(jira::routes(sim.settings.flavour))
        .merge(bugzilla::routes())
        .merge(slack::routes())
        .merge(control::routes())
        .layer(from_fn_with_state(sim.clone(), faults::middleware))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .with_state(sim.clone())
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it takes mail.
    pub fn mail_address(&self) -> SocketAddr {
        self.sim.mail
    }

    /// Its address as a URL, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.sim.base
    }

    /// The environment that points the product at it: names and values.
    pub fn environment(&self) -> Vec<(String, String)> {
        environment(&self.sim.settings, &self.sim.read().world, &self.sim.base, self.sim.mail)
    }

    /// The world as it stands: for comparing what a sync made of it.
    pub fn world(&self) -> World {
        self.sim.read().world.clone()
    }

    /// Lets the world live through so many hours; returns how many cases were opened meanwhile.
    pub fn advance(&self, hours: u32) -> u32 {
        self.sim.write().world.advance(hours)
    }

    /// Stops: takes no new connection, and ends when the last request is answered.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take()
            && stop.send(()).is_err()
        {
            tracing::debug!("the simulator had stopped already");
        }
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the simulator failed while it stopped");
        }
    }
}
