//! The settings: one typed tree, where each value came from, and the reference page made of the same table.
//!
//! A setting is declared once, in its section's file: name, type, default, old names, documentation. The
//! reader, the reference page, the sample file and `t5g config show` derive from that declaration.

mod checks;
mod env_file;
mod environment;
mod file;
mod problem;
mod reference;
mod resolve;
mod secret;
mod section;
pub mod sections;
mod setting;
mod settings;
mod sources;
pub mod values;

pub use env_file::{BadLine, EnvFile};
pub use problem::{Origin, Problem, Problems};
pub use reference::{markdown, sample};
pub use resolve::Effective;
pub use secret::Secret;
pub use section::{Field, Section};
pub use settings::{Loaded, Purpose, Settings};
pub use sources::{ConfigFile, Flag, Sources};
