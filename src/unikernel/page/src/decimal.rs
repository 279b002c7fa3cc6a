//! Decimal numbers as bytes: HTTP is full of them, and the formatting of the standard library is large.

/// The digits of a number, as many as it has.
pub struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    pub fn of(mut number: u64) -> Decimal {
        let mut decimal = Decimal { digits: [0; 20], start: 20 };
        loop {
            decimal.start -= 1;
            decimal.digits[decimal.start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return decimal;
            }
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.digits[self.start..]
    }
}

/// The number that one or more digits and nothing else are; what does not fit is the largest number there is.
pub fn parse(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |number, byte| {
        byte.is_ascii_digit().then(|| number.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
    })
}

#[cfg(test)]
mod tests {
    use super::{Decimal, parse};

    #[test]
    fn numbers_survive_the_round_trip() {
        for number in [0, 1, 9, 10, 99, 100, 4_294_967_296, u64::MAX] {
            assert_eq!(parse(Decimal::of(number).bytes()), Some(number));
        }
    }

    #[test]
    fn only_digits_are_a_number_and_too_many_of_them_saturate() {
        assert_eq!([parse(b""), parse(b"-1"), parse(b"1 "), parse(b"0x1")], [None; 4]);
        assert_eq!(parse(b"99999999999999999999999"), Some(u64::MAX));
    }
}
