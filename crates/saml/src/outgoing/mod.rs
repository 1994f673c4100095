//! What we send: requests to log in and out, answers, and our description.

mod logout;
mod metadata;
mod redirect;
mod request;
mod write;

pub(crate) use logout::{logout_request, logout_response};
pub(crate) use metadata::metadata;
pub(crate) use redirect::{Kind, url};
pub(crate) use request::login_request;
