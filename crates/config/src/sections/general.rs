//! The top level: where the server listens, what it may do, and who the team is.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono_tz::Tz;
use url::Url;

use crate::section::section;
use crate::values::{Networks, Sla, Team};

section! {
    /// The top level of the file, before the first `[section]`.
    General at "" {
        /// Address and port on which pages and API are served.
        listen: SocketAddr = "127.0.0.1:8080";
        /// Port on which pages and API are served, if `listen` is not set.
        port: Option<u16>, old "SVC_PORT";
        /// Address and port on which monitoring is answered: `/metrics`, `/healthz` and `/readyz`. Whoever reaches it may
        /// ask. Unset: `t5g worker` and `t5g scheduler` listen nowhere, and `t5g up` and `t5g serve` answer `/metrics`
        /// beside their pages, to programs on the same machine (proxies have to send `X-Forwarded-For`) and to whoever
        /// may look, by session or token. `/healthz` and `/readyz` are always beside the pages, too.
        ops_listen: Option<SocketAddr>;
        /// The address by which people reach the dashboard, such as `https://dashboard.example.com`. Unset: with login
        /// on, the host of the assertion consumer service in `access.saml_settings`.
        base_url: Option<Url>;
        /// Proxies whose `X-Forwarded-For` is believed when it says from where a request comes: addresses, or networks
        /// such as `10.0.0.0/8`.
        trusted_proxies: Networks;
        /// Never write to an upstream: no cards, no priorities, no tags, no watchers, no mail, no Slack messages.
        read_only: bool = "false", old "READ_ONLY";
        /// Show made-up documents and fetch nothing. An empty store is filled with them.
        fake_data: bool = "false", old "fake_data";
        /// The time zone in which "today" is meant. Schedules are always in UTC.
        time_zone: Tz = "UTC";
        /// Folder of the embedded store. Unset: `t5g` in `XDG_DATA_HOME` or in `~/.local/share`.
        data_dir: Option<PathBuf>;
        /// The people who take cases (docs/assignment.md): a list of `{name, jira_user, jira_account_id, slack_user,
        /// accounts, active, notifieduser, absent}`. Only the name is required. `absent` is a list of days,
        /// `2026-12-24`, or of their first and last, `2026-12-24/2027-01-02`.
        team: Team, old "team";
        /// How many days a case of these partners may stay open, by severity:
        /// `{"days": {"Urgent": 14}, "partners": ["Acme"]}`.
        sla: Sla = r#"{"days":{"Urgent":14,"High":20,"Normal":90,"Low":180},"partners":[]}"#, old "sla_settings";
    }
}
