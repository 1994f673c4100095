//! Writing from outside: workers of the built program die, and answers of upstreams get lost, at every step; each
//! effect happens once.

mod matrix;
mod random;
mod stage;
