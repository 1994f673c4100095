//! The clients against servers that answer by script, over real HTTP: every quirk that reading has to survive.

#[cfg(test)]
mod bugzilla;
#[cfg(test)]
mod doubt;
#[cfg(test)]
mod files;
#[cfg(test)]
mod graphql;
#[cfg(test)]
mod http;
#[cfg(test)]
mod hydra;
#[cfg(test)]
mod jira_center;
#[cfg(test)]
mod jira_cloud;
#[cfg(test)]
mod jira_write;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod read_only;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod slack;
#[cfg(test)]
mod sso;
#[cfg(test)]
mod support;
#[cfg(test)]
mod v3;
#[cfg(test)]
mod writing;
