//! Which representation suits Accept-Encoding best (RFC 9110 section 12.5.3).

use crate::bundle::{Coding, Representation};
use crate::request::is_token_byte;

/// Weights count in ten-thousandths.
type Weight = u16;
const FULL: Weight = 10_000;
/// Identity is acceptable unless it is excluded, but nobody asked for it.
const UNASKED: Weight = 1;

/// What a request said of each coding, and of those that it did not name.
#[derive(Default)]
struct Weights {
    named: [Option<Weight>; 3],
    others: Option<Weight>,
}

/// The largest weight, then the smallest body; `None` when every one is excluded. `fields` are the values of the
/// field's lines, `None` without the field. Elements that cannot be read are ignored.
pub fn select<'a, 'b, 'r>(
    representations: &'a [Representation<'b>],
    fields: Option<impl Iterator<Item = &'r [u8]>>,
) -> Option<&'a Representation<'b>> {
    // RFC 9110 allows any coding when the field is absent; a client that does not say what it reads gets it plain.
    let Some(fields) = fields else { return representations.first() };
    let mut weights = Weights::default();
    for element in fields.flat_map(|field| field.split(|byte| *byte == b',')) {
        weights.note(element);
    }
    let mut best: Option<(&Representation, Weight)> = None;
    for representation in representations {
        let weight = weights.of(representation.coding);
        let is_better = best.is_none_or(|(other, most)| {
            weight > most || (weight == most && representation.body.len() < other.body.len())
        });
        if weight > 0 && is_better {
            best = Some((representation, weight));
        }
    }
    best.map(|(representation, _)| representation)
}

impl Weights {
    fn note(&mut self, element: &[u8]) {
        let element = trim(element);
        let length = element.iter().take_while(|byte| is_token_byte(byte)).count();
        let (name, parameter) = element.split_at(length);
        let Some(weight) = weight_of(parameter) else { return };
        let is = |coding: &str| name.eq_ignore_ascii_case(coding.as_bytes());
        // RFC 9110 section 8.4.1.3: x-gzip is gzip.
        let place = if is("gzip") || is("x-gzip") {
            &mut self.named[Coding::Gzip as usize]
        } else if is("br") {
            &mut self.named[Coding::Brotli as usize]
        } else if is("identity") {
            &mut self.named[Coding::Identity as usize]
        } else if is("*") {
            &mut self.others
        } else {
            return;
        };
        *place = Some(weight);
    }

    fn of(&self, coding: Coding) -> Weight {
        let unasked = if coding == Coding::Identity { UNASKED } else { 0 };
        self.named[coding as usize].or(self.others).unwrap_or(unasked)
    }
}

/// The weight of nothing or of `; q=0.5`, with at most three decimals.
fn weight_of(parameter: &[u8]) -> Option<Weight> {
    if parameter.is_empty() {
        return Some(FULL);
    }
    let value = trim(trim(parameter).strip_prefix(b";")?);
    let [b'q' | b'Q', b'=', whole @ (b'0' | b'1'), fraction @ ..] = value else { return None };
    let digits = match fraction {
        [] => &[][..],
        [b'.', digits @ ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => digits,
        _ => return None,
    };
    let thousandths = (0..3)
        .fold(0, |sum, place| sum * 10 + Weight::from(digits.get(place).map_or(0, |digit| digit - b'0')));
    match (whole, thousandths) {
        (b'0', _) => Some(thousandths * 10),
        (_, 0) => Some(FULL),
        _ => None,
    }
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii()
}
