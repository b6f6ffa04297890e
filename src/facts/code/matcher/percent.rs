//! `decodeURI` and `decodeURIComponent`.

/// What `decodeURI` leaves encoded.
const RESERVED: &str = ";/?:@&=+$,#";

/// `decodeURI(text)`, or `None` where it throws.
pub(super) fn decode_uri(text: &str) -> Option<String> {
    decode(text, RESERVED)
}

/// `decodeURIComponent(text)`, or `None` where it throws.
pub(super) fn decode_component(text: &str) -> Option<String> {
    decode(text, "")
}

fn decode(text: &str, kept: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, escapes) = rest.split_at(at);
        decoded.push_str(before);
        let first = byte(escapes)?;
        let length = match first {
            0..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        let mut bytes = Vec::with_capacity(length);
        for i in 0..length {
            bytes.push(byte(escapes.get(i * 3..)?)?);
        }
        let c = String::from_utf8(bytes).ok()?;
        let (escaped, after) = escapes.split_at(length * 3);
        decoded.push_str(if kept.contains(&c) { escaped } else { &c });
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// The byte that an escape at the head of the text stands for.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)
}
