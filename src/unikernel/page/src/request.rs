//! Reads the head of a request (RFC 9112 sections 2 to 5): strict where leniency lets two readers disagree.

/// A field that a response depends on, with all the lines that it came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field<'r> {
    /// Without the white space around it.
    first: &'r [u8],
    count: u16,
}

impl<'r> Field<'r> {
    pub fn is_absent(&self) -> bool {
        self.count == 0
    }

    /// Of several lines the first, as for fields that are no lists.
    pub fn first(&self) -> Option<&'r [u8]> {
        (self.count > 0).then_some(self.first)
    }

    /// The value of a field that came once.
    pub fn only(&self) -> Option<&'r [u8]> {
        (self.count == 1).then_some(self.first)
    }

    fn add(&mut self, value: &'r [u8]) {
        if self.count == 0 {
            self.first = value;
        }
        self.count = self.count.saturating_add(1);
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request<'r> {
    pub method: &'r [u8],
    pub target: &'r [u8],
    /// HTTP/1.0, whose connections close unless asked to stay.
    pub is_old: bool,
    pub host: Field<'r>,
    pub range: Field<'r>,
    pub if_range: Field<'r>,
    pub if_match: Field<'r>,
    pub if_none_match: Field<'r>,
    pub if_modified_since: Field<'r>,
    pub if_unmodified_since: Field<'r>,
    pub accept_encoding: Field<'r>,
    pub connection: Field<'r>,
    pub content_length: Field<'r>,
    pub transfer_encoding: Field<'r>,
    pub token: Field<'r>,
    lines: &'r [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadFault {
    Malformed,
    /// A major version that is not ours.
    Version,
}

/// The length of the head that `bytes` begin with, its empty line included; `from` was searched before.
pub fn head_length(bytes: &[u8], from: usize) -> Option<usize> {
    let start = from.saturating_sub(3);
    let end = bytes[start..].windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(start + end + 4)
}

/// The request whose head, up to and with the empty line, is `head`.
pub fn parse_head(head: &[u8]) -> Result<Request<'_>, HeadFault> {
    let (line, mut rest) = split_line(head).ok_or(HeadFault::Malformed)?;
    let mut request = parse_request_line(line)?;
    request.lines = rest;
    loop {
        let (line, after) = split_line(rest).ok_or(HeadFault::Malformed)?;
        if line.is_empty() {
            return if after.is_empty() { Ok(request) } else { Err(HeadFault::Malformed) };
        }
        let (name, value) = split_field(line).ok_or(HeadFault::Malformed)?;
        if let Some(field) = request.field_named(name) {
            field.add(value);
        }
        rest = after;
    }
}

impl<'r> Request<'r> {
    /// The values of every line of a list field, in their order; `field` is one of this request.
    pub fn values(&self, name: &'static str, field: Field<'r>) -> impl Iterator<Item = &'r [u8]> {
        let more = if field.count > 1 { self.lines } else { &[] };
        let mut lines = more;
        let others = core::iter::from_fn(move || {
            loop {
                let (line, rest) = split_line(lines)?;
                lines = rest;
                let (found, value) = split_field(line)?;
                if found.eq_ignore_ascii_case(name.as_bytes()) {
                    return Some(value);
                }
            }
        });
        field.only().into_iter().chain(others)
    }

    /// Names are told apart by length and first letter before they are compared.
    fn field_named(&mut self, name: &[u8]) -> Option<&mut Field<'r>> {
        let (field, expected): (&mut Field, &[u8]) = match (name.len(), name[0] | 0x20) {
            (4, b'h') => (&mut self.host, b"host"),
            (5, b'r') => (&mut self.range, b"range"),
            (8, b'i') if name[3] | 0x20 == b'r' => (&mut self.if_range, b"if-range"),
            (8, b'i') => (&mut self.if_match, b"if-match"),
            (13, b'i') => (&mut self.if_none_match, b"if-none-match"),
            (17, b'i') => (&mut self.if_modified_since, b"if-modified-since"),
            (19, b'i') => (&mut self.if_unmodified_since, b"if-unmodified-since"),
            (15, b'a') => (&mut self.accept_encoding, b"accept-encoding"),
            (10, b'c') => (&mut self.connection, b"connection"),
            (14, b'c') => (&mut self.content_length, b"content-length"),
            (17, b't') => (&mut self.transfer_encoding, b"transfer-encoding"),
            (15, b'x') => (&mut self.token, b"x-hotzone-token"),
            _ => return None,
        };
        name.eq_ignore_ascii_case(expected).then_some(field)
    }
}

fn parse_request_line(line: &[u8]) -> Result<Request<'_>, HeadFault> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (method, target, version) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(method), Some(target), Some(version), None) => (method, target, version),
        _ => return Err(HeadFault::Malformed),
    };
    if method.is_empty() || !method.iter().all(is_token_byte) || target.is_empty() {
        return Err(HeadFault::Malformed);
    }
    let is_old = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            // RFC 9110 section 2.5: a higher minor version is compatible, a major one is not.
            if *major != b'1' {
                return Err(HeadFault::Version);
            }
            false
        }
        _ => return Err(HeadFault::Malformed),
    };
    Ok(Request { method, target, is_old, ..Request::default() })
}

/// The line before the first CR LF, and what follows it; a CR or LF of its own is malformed (RFC 9112 section 2.2).
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let rest = bytes[end..].strip_prefix(b"\r\n")?;
    Some((&bytes[..end], rest))
}

/// Name and value; no white space before the name (a folded line) or before the colon (RFC 9112 section 5).
fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let is_value_byte = |byte: &u8| matches!(byte, b'\t' | 0x20..=0x7e | 0x80..=0xff);
    let is_sound = !name.is_empty() && name.iter().all(is_token_byte) && value.iter().all(is_value_byte);
    is_sound.then(|| (name, value.trim_ascii()))
}

/// RFC 9110 section 5.6.2.
pub fn is_token_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec::Vec;

    fn fault(head: &str) -> Option<HeadFault> {
        parse_head(head.as_bytes()).err()
    }

    #[test]
    fn reads_the_line_and_the_fields_that_matter() {
        let head =
            b"GET /a HTTP/1.1\r\nHOST: x\r\nif-range:  \"e\" \t\r\nX-Other: 1\r\nRange:bytes=0-1\r\n\r\n";
        let request = parse_head(head).unwrap();
        assert_eq!((request.method, request.target, request.is_old), (&b"GET"[..], &b"/a"[..], false));
        assert_eq!(request.host.only(), Some(&b"x"[..]));
        assert_eq!(request.if_range.only(), Some(&b"\"e\""[..]));
        assert_eq!(request.range.only(), Some(&b"bytes=0-1"[..]));
        assert!(request.if_match.is_absent());
    }

    #[test]
    fn fields_in_several_lines_keep_their_order() {
        let head = b"GET / HTTP/1.1\r\nAccept-Encoding: a\r\nHost: x\r\nACCEPT-ENCODING: b\r\n\r\n";
        let request = parse_head(head).unwrap();
        let values: Vec<_> = request.values("accept-encoding", request.accept_encoding).collect();
        assert_eq!(values, [b"a", b"b"]);
        assert_eq!(request.accept_encoding.only(), None);
        assert_eq!(request.values("host", request.host).collect::<Vec<_>>(), [b"x"]);
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for line in [
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "GET /",
            "G@T / HTTP/1.1",
            "GET / http/1.1",
            "GET / HTTP/1.11",
            "GET\t/\tHTTP/1.1",
            "GET / HTTP/1.1\rx",
            "",
        ] {
            assert_eq!(fault(&format!("{line}\r\nHost: x\r\n\r\n")), Some(HeadFault::Malformed), "{line:?}");
        }
        for line in
            ["Host : x", " Host: x", ": x", "Host", "Ho st: x", "A: b\rc", "A: b\nB: c", "A: \0", "A: \x7f"]
        {
            assert_eq!(
                fault(&format!("GET / HTTP/1.1\r\n{line}\r\n\r\n")),
                Some(HeadFault::Malformed),
                "{line:?}"
            );
        }
        assert_eq!(fault("PRI * HTTP/2.0\r\n\r\n"), Some(HeadFault::Version));
        assert_eq!(fault("GET / HTTP/1.2\r\nHost: x\r\n\r\n"), None);
    }

    #[test]
    fn finds_the_end_of_the_head_however_it_arrives() {
        let bytes = b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest";
        for searched in 0..24 {
            assert_eq!(head_length(bytes, searched), Some(24));
            assert_eq!(head_length(&bytes[..searched], 0), None);
        }
    }
}
