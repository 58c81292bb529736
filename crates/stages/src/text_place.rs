//! Where a part of a parameter's text stands in the document.

use vintner_diagnostics::{Span, Spanned};

/// The place of characters of a text. It may stand between quotes; in a folded one only its start is known.
pub(crate) fn within(text: &Spanned<String>, at: &std::ops::Range<usize>) -> Span {
    let length = text.value.chars().count();
    match text.span.length.checked_sub(length) {
        Some(beside @ (0 | 2)) if !text.value.contains('\n') => {
            Span { column: text.span.column + beside / 2 + at.start, length: at.len().max(1), ..text.span }
        }
        _ => text.span,
    }
}
