//! Bytes one after the other, in either order of the bytes of a number.

/// What is left of some bytes.
#[derive(Debug, Clone)]
pub(crate) struct ByteReader<'b> {
    all: &'b [u8],
    at: usize,
    is_big: bool,
}

impl<'b> ByteReader<'b> {
    pub(crate) fn new(all: &'b [u8], is_big: bool) -> Self {
        Self { all, at: 0, is_big }
    }

    /// How many bytes were read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// All bytes from here on.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    /// The next so many bytes; what is wrong where there are fewer.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'b [u8], String> {
        let taken = self.rest().get(..count).ok_or_else(|| {
            format!("it ends after {} bytes, in the middle of what it holds", self.all.len())
        })?;
        self.at += count;
        Ok(taken)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Result<(), String> {
        self.take(count).map(|_| ())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        if !self.is_big {
            array.reverse();
        }
        Ok(array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    pub(crate) fn int(&mut self) -> Result<i32, String> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    pub(crate) fn long(&mut self) -> Result<i64, String> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    pub(crate) fn double(&mut self) -> Result<f64, String> {
        Ok(f64::from_be_bytes(self.array()?))
    }

    /// A count, which can't be below zero.
    pub(crate) fn count(&mut self) -> Result<usize, String> {
        let count = self.int()?;
        usize::try_from(count).map_err(|_| format!("byte {}: a count of {count}", self.at))
    }
}
