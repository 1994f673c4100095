//! The whole pipeline from outside: simulator, binary, stores, pages. One binary, because linking costs more
//! than running.

mod attachments;
mod cards;
mod drop_in;
mod faults;
mod killed;
mod living_page;
mod mail_tls;
mod old_environment;
mod processes;
mod stopped;
mod upgraded;
mod watched;
mod watchers;
