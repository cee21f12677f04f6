//! How bad a finding is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is; the worst comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be mended before delivery.
    #[default]
    Error,
    /// Someone should look at it.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word in reports and on the page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}
