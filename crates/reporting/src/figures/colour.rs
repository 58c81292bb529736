//! The colours of figures.
//!
//! Colours that tell kinds apart are those of Okabe and Ito (2008, "Color Universal Design"), which people with
//! any of the common forms of colour blindness can tell apart. None carries a meaning alone: shape, filling,
//! hatching or a printed number says the same, so that figures can be read in greyscale.

/// A colour: red, green and blue, 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Colour {
    pub(crate) const WHITE: Self = Self(255, 255, 255);
    /// What a figure is about, and its texts.
    pub(crate) const STRONG: Self = Self(0x22, 0x22, 0x22);
    /// What stands beside it.
    pub(crate) const WEAK: Self = Self(0x66, 0x66, 0x66);
    /// Rulings behind it.
    pub(crate) const FAINT: Self = Self(0xdd, 0xdd, 0xdd);
    /// Bands behind rows.
    pub(crate) const BAND: Self = Self(0xf4, 0xf4, 0xf4);
    /// Okabe and Ito's blue.
    pub(crate) const BLUE: Self = Self(0x00, 0x72, 0xb2);
    /// Okabe and Ito's vermillion.
    pub(crate) const VERMILLION: Self = Self(0xd5, 0x5e, 0x00);
    /// Okabe and Ito's bluish green.
    pub(crate) const GREEN: Self = Self(0x00, 0x9e, 0x73);
    /// Okabe and Ito's reddish purple.
    pub(crate) const PURPLE: Self = Self(0xcc, 0x79, 0xa7);

    /// A share of the way, 0 to 1, from white to this colour.
    pub(crate) fn tint(self, share: f64) -> Self {
        let mix = |full: u8| (255.0 - (255.0 - f64::from(full)) * share.clamp(0.0, 1.0)).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }

    /// Six hexadecimal digits.
    pub(crate) fn hex(self) -> String {
        format!("{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance").
    pub(crate) fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The colour of a text on this one: that of the two with the greater contrast.
    pub(crate) fn text_on(self) -> Self {
        let contrast = |other: Self| {
            let (one, two) = (self.luminance(), other.luminance());
            (one.max(two) + 0.05) / (one.min(two) + 0.05)
        };
        if contrast(Self::STRONG) >= contrast(Self::WHITE) { Self::STRONG } else { Self::WHITE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_can_be_read_on_every_tint() {
        for colour in [Colour::BLUE, Colour::VERMILLION, Colour::WEAK] {
            for step in 0..=20 {
                let ground = colour.tint(f64::from(step) / 20.0);
                let (one, two) = (ground.luminance(), ground.text_on().luminance());
                let contrast = (one.max(two) + 0.05) / (one.min(two) + 0.05);
                assert!(contrast >= 3.9, "{ground:?}: {contrast}");
            }
        }
    }

    #[test]
    fn marks_differ_in_lightness_too() {
        // The three that stand in one figure.
        let lightness = [Colour::BLUE, Colour::VERMILLION, Colour::PURPLE].map(Colour::luminance);
        assert!(lightness.windows(2).all(|pair| pair[1] - pair[0] > 0.05), "{lightness:?}");
    }

    #[test]
    fn no_tint_is_white_and_a_full_one_the_colour() {
        assert_eq!((Colour::BLUE.tint(0.0), Colour::BLUE.tint(2.0)), (Colour::WHITE, Colour::BLUE));
        assert_eq!(Colour::BLUE.hex(), "0072b2");
    }
}
