//! Who may see and do what.

use std::path::PathBuf;

use crate::secret::Secret;
use crate::section::section;
use crate::values::{Period, PeriodOrNone};

section! {
    /// Login, roles, sessions, API tokens.
    ///
    /// Somebody's groups are the values of the attribute `memberOf`. A group in the lists below means a whole
    /// value of it, or a whole part of one that is a directory's name (`cn=field-team`), or such a `cn` without
    /// its `cn=`; upper and lower case are the same. Who is in none of them is let in nowhere. Roles are computed
    /// anew with every sign-in and, for whoever signed in before, when a server starts. While neither
    /// `operators` nor `admins` is set, viewers may refresh too.
    Access at "access" {
        /// No login: everybody who reaches the port may do everything. Only on a loopback address and without any proxy:
        /// requests that say they came through one are refused, but a proxy on the same machine that says nothing of
        /// itself cannot be told from a browser there.
        login_disabled: bool = "false", old "FLASK_LOGIN_DISABLED";
        /// Signs session ids and form tokens; at least 32 characters. Needed when login is on, the same on all
        /// replicas. Another key ends all sessions.
        secret_key: Option<Secret>, old "secret_key";
        /// Cookies travel only over https.
        secure_cookies: bool = "true";
        /// Settings of single sign-on, JSON in the shape of OneLogin's toolkit.
        saml_settings: Option<Secret>, old "saml_settings";
        /// File with the identity provider's metadata. It wins over `idp` in `saml_settings`, and is read again when it
        /// changes.
        saml_metadata: Option<PathBuf>;
        /// How far the identity provider's clock may be from ours, at most ten minutes.
        saml_clock_skew: Period = "2m";
        /// How old an assertion of the identity provider may be when it arrives.
        saml_max_age: Period = "10m";
        /// Believe signatures with SHA-1, which can be forged with effort. For identity providers that know no better.
        saml_allow_sha1: bool = "false";
        /// Groups whose members may look.
        viewers: Vec<String>, old "rbac";
        /// Groups whose members may also refresh, run jobs and plan cards.
        operators: Vec<String>;
        /// Groups whose members may do everything.
        admins: Vec<String>;
        /// How long a session lasts without use. Pages that ask for news by themselves are no use.
        session_idle: Period = "4h";
        /// How long a session lasts in any case.
        session_max: Period = "1d";
        /// The longest time for which an API token can be made.
        token_max: Period = "366d";
        /// How long a person's API tokens work while that person does not sign in, for whoever left does so no more;
        /// signing in again lets them work again. `0s`: until they expire.
        token_owner_idle: PeriodOrNone = "90d";
        /// How many steps of signing in are taken from one address a minute, in each process. A sign-in has two.
        logins_per_minute: u32 = "60";
        /// How many requests one API token may make a minute, in each process.
        token_requests_per_minute: u32 = "600";
    }
}
