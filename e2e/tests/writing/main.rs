//! Writing from outside: workers of the built program die, and answers of upstreams get lost, at every step; each
//! effect happens once.
#![expect(clippy::print_stdout, reason = "says which points were played, and with which seeds")]

mod durable;
mod kinds;
mod late;
mod matrix;
mod random;
mod rivals;
mod stage;
mod told;
