//! The one error of the web face. Handlers return it; the layer in `layers/errors.rs` renders it, as a page or
//! as problem+json by the kind of route. What it shows never holds an internal cause: that goes to the log.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use t5g_store::StoreError;

/// Why a request is not answered as asked.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum AppError {
    /// There is no such page.
    #[error("There is nothing at this address.")]
    NoSuchPage,
    /// There is no such thing, said precisely.
    #[error("{0}")]
    NotFound(String),
    /// There is no card of that key.
    #[error(
        "There is no card {0} on the board. Perhaps it was moved to another project, or its case is not known yet."
    )]
    NoSuchCard(String),
    /// The address exists, but not for this method.
    #[error("This address cannot be used this way.")]
    MethodNotAllowed,
    /// The request's parameters cannot be read; says which and what is expected.
    #[error("{0}")]
    BadRequest(String),
    /// The answer cannot be had in a form that the client takes; says in which it can.
    #[error("{0}")]
    NotAcceptable(String),
    /// Nobody is known to ask.
    #[error("{0}")]
    Unauthorized(String),
    /// Too many requests of this caller.
    #[error("Too many requests. Please try again in {retry_after} seconds.")]
    TooMany {
        /// In how many seconds the next one passes.
        retry_after: u32,
    },
    /// As things stand it cannot be done; says why, and what can be.
    #[error("{0}")]
    Conflict(String),
    /// The request came from another site's page, or was addressed to a foreign host name.
    #[error("{0}")]
    Forbidden(String),
    /// The request's body is larger than accepted.
    #[error("The request is larger than {0} bytes, the most that is accepted.")]
    TooLarge(u64),
    /// Nothing can be shown yet, or not now; says why and what to do.
    #[error("{0}")]
    Unavailable(String),
    /// Too many requests at once.
    #[error("The server is busy. Please try again in a moment.")]
    Overloaded,
    /// The answer took too long.
    #[error("The answer took too long and was given up.")]
    TimedOut,
    /// Our fault; the cause is for the log only.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// A panic, as an error's cause.
#[derive(Debug, thiserror::Error)]
#[error("a request panicked: {0}")]
pub(crate) struct Panicked(pub String);

impl AppError {
    /// Our fault, because of this.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NotFound(_) | Self::NoSuchCard(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable(_) | Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The error in three or four words: a page's heading, a problem's title.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::NoSuchPage | Self::NotFound(_) | Self::NoSuchCard(_) => "Not found",
            Self::MethodNotAllowed => "Not possible here",
            Self::BadRequest(_) => "Request not understood",
            Self::NotAcceptable(_) => "No such form",
            Self::Unauthorized(_) => "Sign in first",
            Self::TooMany { .. } => "Too many requests",
            Self::Conflict(_) => "Not possible now",
            Self::Forbidden(_) => "Not allowed",
            Self::TooLarge(_) => "Request too large",
            Self::Unavailable(_) => "Not available now",
            Self::Overloaded => "Too busy",
            Self::TimedOut => "Took too long",
            Self::Internal(_) => "Something went wrong",
        }
    }
}

impl From<StoreError> for AppError {
    /// Only the ledger is asked by requests.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request could not ask the ledger");
        Self::Unavailable("The ledger does not answer now. Please try again in a moment.".to_owned())
    }
}

impl IntoResponse for AppError {
    /// A bare answer that carries the error; the errors layer gives it its face.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
