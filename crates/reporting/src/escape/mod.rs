//! Text made safe for the format it lands in. Templates never call these themselves: the renderer
//! escapes whatever a template prints.

mod html;
mod latex;
mod markdown;
mod number_text;
mod unseen;

pub use html::{escape_html, html_code, html_number};
pub(crate) use latex::latex_aligned;
pub use latex::{escape_latex, latex_code, latex_number};
pub use markdown::{escape_markdown, markdown_code, markdown_number};
pub(crate) use number_text::{NumberText, with_minus_signs};
