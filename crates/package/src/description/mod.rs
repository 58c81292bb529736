//! `package.yaml`: what authors say of their paper and package and no run knows. It reads errors alone, and fills
//! nothing in: what isn't said is asked for where it is needed.

mod description;
mod read;

pub use description::{Author, Description, NamedExhibit, NotReproduced, Paper, Reproduces};
pub use read::{DESCRIPTION, description_schema, read_description};
