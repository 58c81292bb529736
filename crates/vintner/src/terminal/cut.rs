//! Lines that fit: cut.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A line cut after so many columns, its end marked.
pub(crate) fn cut(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let mut taken = 0;
    let fits = |one: &char| {
        taken += one.width().unwrap_or(0);
        taken < columns
    };
    let mut cut: String = line.chars().take_while(fits).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_cut_is_marked() {
        assert_eq!(cut("石家庄 2008", 8), "石家庄…");
        assert_eq!(cut("石家庄 2008", 9), "石家庄 2…");
        assert_eq!(cut("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn what_is_cut_fits(text in "[a-z北京 ]{0,40}", columns in 2_usize..30) {
            prop_assert!(cut(&text, columns).width() <= columns);
        }
    }
}
