//! The type `UserError`: what a mutation's caller can mend.

use async_graphql::SimpleObject;

use crate::error::{Code, Error};

/// Why a mutation did not do what was asked; the caller can mend it.
#[derive(Debug, SimpleObject)]
pub struct UserError {
    /// Machine-readable reason.
    code: Code,
    /// Where in the input the fault is, for instance `["input", "documents", "2", "content"]`.
    path: Vec<String>,
    /// What is wrong, for people.
    message: String,
    /// What to try instead, where there is something to say.
    hint: Option<String>,
}

impl UserError {
    /// Takes an error that the caller can mend; gives back one that is our own fault.
    pub(crate) fn from_error(error: Error, path: &[&str]) -> Result<Self, Error> {
        if error.code() == Code::Internal {
            return Err(error);
        }
        Ok(Self {
            code: error.code(),
            path: path.iter().map(|&step| step.to_owned()).collect(),
            message: error.public_message(),
            hint: error.hint(),
        })
    }
}
