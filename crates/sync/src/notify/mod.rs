//! What people are told: letters and Slack messages as texts. Pure: typed content in, text out; who is told, and whether
//! it was sent, is decided elsewhere. Every text of others passes `tame` on its way in.

mod body;
mod letters;
mod slack;
mod tame;
mod thread;

pub use body::{Body, Cell};
pub use letters::{Content, ManyNewCases, NewCards, TagSummary, Tagged, ToldCard, ToldCase, Untagged};
pub use slack::{SlackCase, card_line, failures, nameless_line, nobody_line, post, reply, unassigned};
pub use thread::{MessageIds, Place};
