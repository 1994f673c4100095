//! Background work as people and programs see and steer it: what the pages and the API of the monitor share. The
//! queue itself knows what is true and what can be done; here is who may, and how an address says what is wanted.

pub(crate) mod act;
pub(crate) mod address;
pub(crate) mod read;
