//! All tests of the room that need more than one module, as one program: it links once.

#[cfg(test)]
mod assignment;
#[cfg(test)]
mod defects;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod query;
#[cfg(test)]
mod random;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod world;
