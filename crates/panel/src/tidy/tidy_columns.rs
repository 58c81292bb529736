//! The names of a tidy frame's columns beside its variables. What begins with `@` can't be a variable's name.

/// The entity's id; absent in a series without entities, such as an exchange rate.
pub const ENTITY: &str = "entity";
/// The time (a year); absent in a cross-section.
pub const TIME: &str = "time";
/// A further key within entity and time (an industry); absent where there is none.
pub const CATEGORY: &str = "@category";
/// Where a row holds one of the variables only: which.
pub const VARIABLE: &str = "@variable";
/// The row in the file, from 1.
pub const ROW: &str = "@row";
/// What follows a variable's name in the name of the column of its texts as read: of missing values, and of
/// those that their number doesn't write.
pub const TEXT: &str = "@text";

/// The columns that each variable is read with.
pub const KEYS: [&str; 5] = [ENTITY, TIME, CATEGORY, VARIABLE, ROW];

/// Whether a column of that name is a variable's.
pub fn is_variable(name: &str) -> bool {
    !KEYS.contains(&name) && !name.ends_with(TEXT)
}

/// The column of a variable's texts.
pub fn text(variable: &str) -> String {
    format!("{variable}{TEXT}")
}

/// What follows a variable's name in the name of the variable of marks that stand beside its values.
pub const FLAG: &str = "_flag";

/// The variable of the marks beside another one's values.
pub fn flag(variable: &str) -> String {
    format!("{variable}{FLAG}")
}
