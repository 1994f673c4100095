//! Real servers for tests: `redis-server` and PostgreSQL on free loopback ports, each in a temporary folder,
//! gone with the test, however it ends; an identity provider's messages, good and forged; ledgers of older
//! versions; and where the repository lies. Used by tests and benchmarks only.

mod certificate;
mod guarded;
pub mod ledgers;
mod port;
mod postgres;
mod program;
mod redis;
mod repository;
pub mod saml;

pub use certificate::Certificate;
pub use port::free_port;
pub use postgres::{Database, Postgres};
pub use redis::{Frozen, Redis};
pub use repository::repository;
