//! Values that are taken out of what a command says.

/// What must not be kept, and what stands in its place.
#[derive(Debug, Clone, Default)]
pub(super) struct Masks(Vec<(Vec<u8>, String)>);

impl Masks {
    /// Takes out a value, and where it has several lines each of them, if they aren't shorter than `shortest`.
    pub(super) fn add(&mut self, name: &str, value: &[u8], shortest: usize) {
        let lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        for part in std::iter::once(value.trim_ascii()).chain(lines) {
            if part.len() >= shortest && !self.0.iter().any(|(known, _)| known == part) {
                self.0.push((part.to_vec(), format!("[{name}]")));
            }
        }
        // Of two values of which one begins the other, the longer one is meant.
        self.0.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes from `said` what can be told already, without the values; all of it where it is the `last`.
    /// What may be the beginning of a value stays.
    pub(super) fn take(&self, said: &mut Vec<u8>, last: bool) -> Vec<u8> {
        let mut taken = Vec::with_capacity(said.len());
        let mut at = 0;
        while let Some(rest) = said.get(at..).filter(|rest| !rest.is_empty()) {
            let begins = |value: &[u8]| value.len() > rest.len() && value.starts_with(rest);
            if !last && self.0.iter().any(|(value, _)| begins(value)) {
                break;
            }
            if let Some((value, mask)) = self.0.iter().find(|(value, _)| rest.starts_with(value)) {
                taken.extend_from_slice(mask.as_bytes());
                at += value.len();
            } else {
                taken.extend(rest.first());
                at += 1;
            }
        }
        said.drain(..at);
        taken
    }

    /// A text without the values.
    #[cfg(test)]
    pub(super) fn masked(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&self.take(&mut text.as_bytes().to_vec(), true)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_out_wherever_they_are_cut() {
        let mut masks = Masks::default();
        masks.add("KEY", b"s3cret-value", 6);
        masks.add("LONG", b"s3cret-value-more", 6);
        masks.add("TWO", b"first line\nsecond line\n", 6);
        masks.add("SHORT", b"abc", 6);
        let said = "s3cret-value s3cret-value-more s3cret-valu second line abc first line\nsecond line";
        let expected = "[KEY] [LONG] s3cret-valu [TWO] abc [TWO]";
        assert_eq!(masks.masked(said), expected);
        for piece in [1, 2, 3, 7, 100] {
            let (mut left, mut kept) = (Vec::new(), Vec::new());
            for bytes in said.as_bytes().chunks(piece) {
                left.extend_from_slice(bytes);
                kept.extend(masks.take(&mut left, false));
            }
            kept.extend(masks.take(&mut left, true));
            assert_eq!(String::from_utf8_lossy(&kept), expected, "in pieces of {piece}");
        }
    }
}
