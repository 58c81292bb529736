//! What a command says, as it comes.

use super::masks::Masks;

/// How many bytes of the beginning and of the end are kept at least.
const HALF: usize = 512 * 1024;

/// The first and the last part of what was said.
#[derive(Debug, Default)]
pub(super) struct Log {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// How much was said between them.
    left_out: u64,
    masks: Masks,
    /// What may be the beginning of something that is masked.
    held: Vec<u8>,
}

impl Log {
    /// A log in which some values don't appear.
    pub(super) fn without(masks: &Masks) -> Self {
        Self { masks: masks.clone(), ..Self::default() }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.masks.is_empty() {
            return self.keep(bytes);
        }
        self.held.extend_from_slice(bytes);
        let told = self.masks.take(&mut self.held, false);
        self.keep(&told);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = HALF.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        // Cut seldom, so that each byte is moved once or so.
        if self.tail.len() > 2 * HALF {
            self.cut(self.tail.len() - HALF);
        }
    }

    fn cut(&mut self, bytes: usize) {
        self.tail.drain(..bytes);
        self.left_out += bytes as u64;
    }

    /// As text; what isn't UTF-8 becomes U+FFFD. Where something is left out, a line says so, and
    /// whole lines are left out if there are lines.
    pub(super) fn into_text(mut self) -> String {
        let mut held = std::mem::take(&mut self.held);
        let told = self.masks.take(&mut held, true);
        self.keep(&told);
        if self.left_out > 0 || self.tail.len() > HALF {
            self.cut(self.tail.len().saturating_sub(HALF));
            if let Some(end) = self.head.iter().rposition(|byte| *byte == b'\n') {
                self.left_out += (self.head.len() - end - 1) as u64;
                self.head.truncate(end);
            }
            if let Some(start) = self.tail.iter().position(|byte| *byte == b'\n') {
                self.cut(start + 1);
            }
            let said = format!("\n[{} bytes are left out here]\n", self.left_out);
            self.head.extend_from_slice(said.as_bytes());
        }
        self.head.append(&mut self.tail);
        match String::from_utf8(self.head) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: usize) -> (String, String) {
        let said: String = (0..lines).map(|line| format!("line {line}: é\n")).collect();
        let mut log = Log::default();
        said.as_bytes().chunks(4096).for_each(|chunk| log.push(chunk));
        (said, log.into_text())
    }

    #[test]
    fn a_short_log_is_kept_whole() {
        for lines in [0, 1, 1000, 60_000] {
            let (said, kept) = of(lines);
            assert!(said == kept, "{lines}");
        }
    }

    #[test]
    fn of_a_long_log_both_ends_are_kept_and_the_gap_is_said() {
        for lines in [80_000, 100_000, 1_000_000] {
            let (said, kept) = of(lines);
            let gap = kept.lines().find(|line| line.starts_with('[')).unwrap_or_default();
            let left_out: usize = gap
                .split(|c: char| !c.is_ascii_digit())
                .find_map(|word| word.parse().ok())
                .unwrap_or_default();
            let (head, tail) = kept.split_once(gap).unwrap_or_default();
            // The line break before the gap is what was said; the one after it isn't.
            let tail = tail.strip_prefix('\n').unwrap_or_default();
            assert!(said.starts_with(head) && said.ends_with(tail), "{lines}: {gap}");
            assert_eq!(head.len() + left_out + tail.len(), said.len(), "{lines}");
            assert!(kept.len() <= 2 * HALF + 100 && head.len() > HALF - 100 && tail.len() > HALF - 100);
            assert!(!kept.contains('\u{fffd}'));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_as_far_as_can_be() {
        let mut log = Log::default();
        log.push(b"a\xff\x00b");
        log.push(&[0xfe; 3 * HALF]);
        let text = log.into_text();
        assert!(text.starts_with("a\u{fffd}\0b") && text.contains("bytes are left out here"));
    }
}
