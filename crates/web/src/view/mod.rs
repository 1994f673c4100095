//! What pages share: the frame around them, words for times, badges, links.

pub(crate) mod badge;
pub(crate) mod card;
pub(crate) mod chrome;
pub(crate) mod counted;
pub(crate) mod figures;
pub(crate) mod files;
pub(crate) mod filter_problem;
pub(crate) mod freshness;
pub(crate) mod link;
pub(crate) mod outcomes;
pub(crate) mod rows;
pub(crate) mod spark;
pub(crate) mod text;
pub(crate) mod words;
pub(crate) mod writing;
