//! What is written to other services, as people and programs see and decide it: what pages and API share. The ledger
//! knows what was planned and what became of it, the tasks do it; here is who may, and how an address says what is
//! wanted. Nothing here asks another service.

pub(crate) mod act;
pub(crate) mod address;
pub(crate) mod read;
