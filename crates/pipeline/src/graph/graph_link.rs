//! Where boxes of a picture lead.

/// What a box of a picture leads to, and what it says besides its operation and state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphLink {
    /// The address, if any.
    pub href: Option<String>,
    /// A few letters more.
    pub note: String,
}
