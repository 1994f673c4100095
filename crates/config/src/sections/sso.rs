//! The token service that lets us into the portal.

use url::Url;

use crate::secret::Secret;
use crate::section::section;
use crate::values::Period;

section! {
    /// Red Hat's token service.
    Sso at "sso" {
        /// Where access tokens are issued.
        token_url: Url = "https://sso.redhat.com/auth/realms/redhat-external/protocol/openid-connect/token";
        /// The client that we say we are.
        client_id: String = "rhsm-api";
        /// The offline token that is traded for access tokens. It dies after 30 idle days.
        offline_token: Option<Secret>, old "offline_token";
        /// How long an answer may take.
        timeout: Period = "30s";
    }
}
