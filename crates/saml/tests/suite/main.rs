//! The room as a whole: good messages are believed, and each kind of bad one is refused for its own reason.

#[cfg(test)]
mod case;
#[cfg(test)]
mod context;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod logout;
#[cfg(test)]
mod outgoing;
#[cfg(test)]
mod provider_description;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod valid;
#[cfg(test)]
mod world;
