//! The stream that an xls workbook is, within the compound file that holds it (MS-CFB).

/// Chains of sectors end here.
const LAST: u32 = 0xFFFF_FFF0;

/// The workbook's stream, of Excel 97 and later; nothing where the file isn't such, or is damaged.
pub(crate) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = Sectors::of(bytes)?;
    let directory = file.chain(u32_at(bytes, 0x30)?)?;
    let entries = directory.chunks_exact(128);
    let named = |wanted: &str| {
        entries.clone().find(|entry| {
            let units = entry.get(..64).unwrap_or_default().chunks_exact(2);
            let name = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])).take_while(|unit| *unit != 0);
            char::decode_utf16(name).filter_map(Result::ok).collect::<String>() == wanted
        })
    };
    let own = named("Workbook")?;
    let (start, size) = (u32_at(own, 116)?, usize::try_from(u32_at(own, 120)?).ok()?);
    let is_small = size < usize::try_from(u32_at(bytes, 0x38)?).ok()?;
    let mut stream = if is_small {
        let root = entries.clone().find(|entry| entry.get(66) == Some(&5))?;
        let (within, shift) = (file.chain(u32_at(root, 116)?)?, u32::from(u16_at(bytes, 0x20)?));
        let table = words(&file.chain(u32_at(bytes, 0x3C)?)?);
        chained(&table, start, |sector| part(&within, u64::from(sector) << shift, 1 << shift))?
    } else {
        file.chain(start)?
    };
    stream.truncate(size);
    Some(stream)
}

/// The sectors of a file, and which follows each.
struct Sectors<'b> {
    bytes: &'b [u8],
    shift: u32,
    table: Vec<u32>,
}

impl<'b> Sectors<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let shift = u32::from(u16_at(bytes, 0x1E)?);
        if !bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") || !(7..=16).contains(&shift) {
            return None;
        }
        let mut file = Self { bytes, shift, table: Vec::new() };
        // Where the table itself stands: in the header, and in sectors of their own.
        let mut places = words(bytes.get(0x4C..0x200)?);
        let (mut next, mut left) = (u32_at(bytes, 0x44)?, bytes.len() >> shift);
        while next < LAST {
            let sector = words(file.sector(next)?);
            let (last, own) = sector.split_last()?;
            places.extend_from_slice(own);
            next = *last;
            left = left.checked_sub(1)?;
        }
        let mut table = Vec::new();
        for place in places.into_iter().filter(|place| *place < LAST) {
            table.extend(words(file.sector(place)?));
        }
        file.table = table;
        Some(file)
    }

    fn sector(&self, number: u32) -> Option<&'b [u8]> {
        part(self.bytes, (u64::from(number) + 1) << self.shift, 1 << self.shift)
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        chained(&self.table, start, |number| self.sector(number))
    }
}

/// The sectors that follow one another from one on.
fn chained<'b>(table: &[u32], start: u32, sector: impl Fn(u32) -> Option<&'b [u8]>) -> Option<Vec<u8>> {
    let (mut bytes, mut next, mut left) = (Vec::new(), start, table.len());
    while next < LAST {
        bytes.extend_from_slice(sector(next)?);
        next = *table.get(usize::try_from(next).ok()?)?;
        // One that comes again has no end.
        left = left.checked_sub(1)?;
    }
    Some(bytes)
}

/// Some bytes; of the last sector those that there are.
fn part(bytes: &[u8], from: u64, length: usize) -> Option<&[u8]> {
    let from = usize::try_from(from).ok()?;
    let end = from.checked_add(length)?.min(bytes.len());
    bytes.get(from..end).filter(|part| !part.is_empty())
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
