//! What comes back: from the bytes of a form or a URL to something that may be believed.

mod assertion;
mod decrypt;
mod form;
mod login;
mod logout;
mod query;
mod signature;
mod times;

pub(crate) use login::login;
pub(crate) use logout::{Context as LogoutContext, logout};
pub(crate) use signature::Verifiers;
pub(crate) use times::Times;
