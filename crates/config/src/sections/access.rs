//! Who may see and do what.

use crate::secret::Secret;
use crate::section::section;

section! {
    /// Login, roles, cookies. There is no login in this version yet: of these only `login_disabled` has an effect,
    /// the others are read and checked.
    Access at "access" {
        /// No login: everybody who reaches the port may see everything. Only on a loopback address.
        login_disabled: bool = "false", old "FLASK_LOGIN_DISABLED";
        /// Signs cookies and form tokens; at least 32 characters. Needed when login is on.
        secret_key: Option<Secret>, old "secret_key";
        /// Cookies travel only over https.
        secure_cookies: bool = "true";
        /// Settings of single sign-on, JSON in the shape of OneLogin's toolkit.
        saml_settings: Option<Secret>, old "saml_settings";
        /// Groups whose members may look.
        viewers: Vec<String>, old "rbac";
        /// Groups whose members may also refresh, run jobs and plan cards.
        operators: Vec<String>;
        /// Groups whose members may do everything.
        admins: Vec<String>;
    }
}
