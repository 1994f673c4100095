//! The upstreams as local servers, over one made-up world: token service, portal in its three faces, Jira in
//! both flavours, Bugzilla, Slack, a mail server. Loopback only; knows nothing of the product but the documents it writes.
//!
//! Production code never knows whether it talks to this: only base addresses differ.

mod ask;
mod bugzilla;
mod control;
mod dice;
mod documents;
mod environment;
mod faults;
mod files;
mod jira;
mod journal;
mod mail;
mod portal;
mod reply;
mod route;
mod server;
mod settings;
mod slack;
mod sso;
mod state;
mod world;
mod written;

pub use documents::{DocumentSettings, DocumentsError, documents};
pub use server::{Running, Simulator, StartError};
pub use settings::{Flavour, SimulatorSettings, TimeKeeping, WorldSettings};
pub use world::World;
