//! What the settings promise, from outside the room.

mod common;
mod hostile;
mod old_environment;
mod problems;
mod reference;
