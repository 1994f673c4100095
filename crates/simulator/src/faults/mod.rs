//! Upstreams that misbehave on demand: which request is hit by what, by route, by probability, by script.

mod apply;
mod kind;
mod mangle;
mod rule;

pub(crate) use self::apply::{SHORT_PAGE, middleware};
pub(crate) use self::rule::{FaultDesk, MailFault, Preset, Rule};
