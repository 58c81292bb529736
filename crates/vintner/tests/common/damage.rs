//! Random damage to bytes and texts, the same for the same seed.

/// A small generator of numbers (SplitMix64), so that a trial is known by its number.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// How many trials of each kind are made: a few, or as many as `TRIALS` says.
pub fn trials(few: u64) -> u64 {
    std::env::var("TRIALS").ok().and_then(|number| number.parse().ok()).unwrap_or(few)
}

/// Numbers that a length or a count is likely to be mistaken for.
const LENGTHS: [u32; 8] = [0, 1, 0xFF, 0xFFFF, 0x10_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

/// Bytes with one to four damages.
pub fn damaged(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        damage(&mut bytes, chance);
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let length = bytes.len();
    if length < 8 {
        bytes.push(chance.next() as u8);
        return;
    }
    let at = chance.below(length);
    match chance.below(7) {
        0 | 1 => bytes[at] ^= 1 << chance.below(8),
        2 => bytes[at] = chance.next() as u8,
        3 => {
            let width = [1, 2, 4][chance.below(3)].min(length - at);
            let number = LENGTHS[chance.below(LENGTHS.len())].to_le_bytes();
            bytes[at..at + width].copy_from_slice(&number[..width]);
        }
        4 if chance.below(3) == 0 => bytes.truncate(at),
        4 | 5 => {
            // A piece of it over another.
            let from = chance.below(length);
            let size = (1 + chance.below(64)).min(length - at).min(length - from);
            bytes.copy_within(from..from + size, at);
        }
        _ => {
            let size = (1 + chance.below(64)).min(length - at);
            let piece = bytes[at..at + size].to_vec();
            match chance.below(2) {
                0 => drop(bytes.splice(at..at, piece)),
                _ => drop(bytes.drain(at..at + size)),
            }
        }
    }
}

/// Pieces that texts of this program are made of, and some that none should be.
const PIECES: [&str; 34] = [
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ":",
    ",",
    "-",
    "|",
    ">",
    "&a",
    "*a",
    "<<",
    "!!",
    "%",
    "#",
    "$",
    "$item",
    "${",
    "..",
    "\n",
    "\n\n",
    "  ",
    "\t",
    "\r",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "é",
    "城",
    "-1",
    "1e999",
    "99999999999999999999",
];

/// A text with one to six changes, some of which say a piece many times.
pub fn mutated(text: &str, chance: &mut Chance) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(6) {
        let at = chance.below(characters.len() + 1);
        let size = (1 + chance.below(40)).min(characters.len() - at);
        match chance.below(6) {
            0 => drop(characters.drain(at..at + size)),
            1 => {
                let piece = characters[at..at + size].to_vec();
                let to = chance.below(characters.len() + 1);
                drop(characters.splice(to..to, piece));
            }
            2 => {
                let piece = chance.one_of(&PIECES);
                let times = [1, 1, 2, 100, 2_000][chance.below(5)];
                drop(characters.splice(at..at, piece.repeat(times).chars()));
            }
            3 => {
                let piece = chance.one_of(&PIECES);
                drop(characters.splice(at..at + size.min(3), piece.chars()));
            }
            4 if chance.below(4) == 0 => characters.truncate(at),
            _ => {
                let piece = chance.one_of(&PIECES);
                drop(characters.splice(at..at, piece.chars()));
            }
        }
    }
    characters.into_iter().collect()
}
