//! The texts that an xls workbook's cells share, as far as their parts look different.

use std::collections::BTreeMap;

use crate::runs::{Look, Runs};

/// Where in a text which fonts begin, by their numbers.
type Fonts = Vec<(u16, u16)>;

/// The table of texts, over its record and those that go on with it.
struct Parts<'b, 's> {
    parts: &'s [&'b [u8]],
    part: usize,
    at: usize,
}

/// The texts with raised, lowered or struck parts, by their places in the table; `font` says how a font looks. The table ends where
/// it is damaged.
pub(crate) fn marked_texts(parts: &[&[u8]], font: impl Fn(u16) -> Look) -> BTreeMap<usize, Runs> {
    let mut marked = BTreeMap::new();
    let mut parts = Parts { parts, part: 0, at: 0 };
    // How many there are stands first.
    if parts.bytes(8).is_none() {
        return marked;
    }
    for at in 0.. {
        let Some((units, fonts)) = parts.text() else { break };
        let runs = runs_of(&units, &fonts, &font);
        if runs.is_marked() {
            marked.insert(at, runs);
        }
    }
    marked
}

/// The parts of a text, each from where a font begins.
fn runs_of(units: &[u16], fonts: &[(u16, u16)], font: impl Fn(u16) -> Look) -> Runs {
    let mut runs = Runs::default();
    let ends = fonts.iter().map(|(from, _)| usize::from(*from)).chain([units.len()]);
    let looks = [Look::default()].into_iter().chain(fonts.iter().map(|(_, number)| font(*number)));
    let mut from = 0;
    for (end, look) in ends.zip(looks) {
        let part = units.get(from..end).unwrap_or_default();
        if !part.is_empty() {
            runs.push(&String::from_utf16_lossy(part), look);
        }
        from = from.max(end);
    }
    runs
}

impl Parts<'_, '_> {
    /// The next text, and from where on which fonts are used in it.
    fn text(&mut self) -> Option<(Vec<u16>, Fonts)> {
        let length = self.u16()?;
        let flags = *self.bytes(1)?.first()?;
        let fonts = if flags & 0x08 != 0 { self.u16()? } else { 0 };
        let more = if flags & 0x04 != 0 { u32::from_le_bytes(self.bytes(4)?.try_into().ok()?) } else { 0 };
        let units = self.units(usize::from(length), flags & 1 != 0)?;
        let mut own = Vec::new();
        for _ in 0..fonts {
            own.push((self.u16()?, self.u16()?));
        }
        self.bytes(usize::try_from(more).ok()?)?;
        Some((units, own))
    }

    fn u16(&mut self) -> Option<u16> {
        self.bytes(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    /// So many bytes, wherever they stand.
    fn bytes(&mut self, mut wanted: usize) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        while wanted > 0 {
            let rest = self.parts.get(self.part)?.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                self.part += 1;
                self.at = 0;
                continue;
            }
            let some = rest.get(..wanted.min(rest.len())).unwrap_or_default();
            found.extend_from_slice(some);
            self.at += some.len();
            wanted -= some.len();
        }
        Some(found)
    }

    /// So many letters, of two bytes each or of one. Where they go on in another record, that says anew which.
    fn units(&mut self, wanted: usize, mut are_wide: bool) -> Option<Vec<u16>> {
        let mut found = Vec::new();
        while found.len() < wanted {
            let rest = self.parts.get(self.part)?.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                self.part += 1;
                let flags = *self.parts.get(self.part)?.first()?;
                are_wide = flags & 1 != 0;
                self.at = 1;
                continue;
            }
            let left = wanted - found.len();
            if are_wide {
                let pairs: Vec<u16> = rest
                    .chunks_exact(2)
                    .take(left)
                    .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
                    .collect();
                // Half a letter is a damaged one.
                if pairs.is_empty() {
                    return None;
                }
                self.at += 2 * pairs.len();
                found.extend(pairs);
            } else {
                let some = rest.get(..left.min(rest.len())).unwrap_or_default();
                found.extend(some.iter().map(|byte| u16::from(*byte)));
                self.at += some.len();
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_on_over_records() {
        let raised = Look { raised: true, ..Look::default() };
        let font = |number: u16| if number == 5 { raised } else { Look::default() };
        // "ab", then "12.31" whose last letter is of font 5 and which goes on, in wide letters, in another record.
        let first = [&[0; 8][..], &[2, 0, 0, b'a', b'b'], &[5, 0, 8, 1, 0, b'1', b'2']].concat();
        let second = [&[1][..], &[b'.', 0, b'3', 0, b'1', 0], &[4, 0, 5, 0], &[1, 0, 0, b'c']].concat();
        let marked = marked_texts(&[&first, &second], font);
        assert_eq!(marked.keys().copied().collect::<Vec<_>>(), [1]);
        let whole = marked.get(&1).map(|runs| format!("{:?}", runs.content())).unwrap_or_default();
        assert!(whole.contains("\"12.3\"") && whole.contains("12.3¹"), "{whole}");
        assert!(marked_texts(&[&first], font).is_empty());
        assert!(marked_texts(&[], font).is_empty());
    }
}
