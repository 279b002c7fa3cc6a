//! What a request asks for, and whom (RFC 9112 section 3.2).

use alloc::vec::Vec;

/// The target and the Host field of a request, read far enough to compare them with a bundle's.
#[derive(Debug, PartialEq, Eq)]
pub struct Target<'r> {
    /// Without port and trailing dot; in the letter case of the request.
    pub host: &'r [u8],
    /// Percent-encoded still, with its query; begins with `/` once decoded.
    origin: &'r [u8],
    /// `http://host` and `http://host?query` mean the root (RFC 9112 section 3.2.1).
    is_root: bool,
}

/// `None` for what is to be answered 400.
pub fn parse_target<'r>(target: &'r [u8], host_field: &'r [u8]) -> Option<Target<'r>> {
    if target.is_empty() || !target.iter().all(|byte| matches!(byte, 0x21 | 0x22 | 0x24..=0x7e)) {
        return None;
    }
    // RFC 9112 section 3.2.2: a server must accept the absolute form, and its host then counts.
    let (authority, origin) = split_absolute(target).unwrap_or((host_field, target));
    let host = host_of(authority)?;
    let is_root = origin.is_empty() || (origin.len() < target.len() && origin[0] != b'/');
    let mut first = None;
    for byte in percent_decoded(origin) {
        let byte = byte?;
        first.get_or_insert(byte);
    }
    (is_root || first == Some(b'/')).then_some(Target { host, origin, is_root })
}

impl Target<'_> {
    pub fn is_for(&self, host: &[u8]) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// Whether a page answers for it on its own host: for `/` and for its own name, whatever the query says.
    pub fn is_own_path(&self, own_path: &[u8]) -> bool {
        self.is_root || self.path_is(b"/") || self.path_is(own_path)
    }

    fn path_is(&self, path: &[u8]) -> bool {
        before_query(self.origin).eq(path.iter().copied())
    }
}

/// The page's path on its own host as requests are compared with it; one that cannot be decoded stands for itself.
pub fn decode_own_path(path: &[u8]) -> Vec<u8> {
    if percent_decoded(path).all(|byte| byte.is_some()) {
        before_query(path).collect()
    } else {
        path.iter().copied().take_while(|byte| *byte != b'?').collect()
    }
}

/// Decoded up to the first `?`, also where that came percent-encoded.
fn before_query(encoded: &[u8]) -> impl Iterator<Item = u8> {
    percent_decoded(encoded).map_while(|byte| byte).take_while(|byte| *byte != b'?')
}

/// Authority and the rest of an absolute URL.
fn split_absolute(target: &[u8]) -> Option<(&[u8], &[u8])> {
    let scheme = [&b"http://"[..], b"https://"]
        .into_iter()
        .find(|scheme| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let rest = &target[scheme.len()..];
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// The name or bracketed address before a port (RFC 9110 section 7.2, RFC 3986 section 3.2.2).
fn host_of(authority: &[u8]) -> Option<&[u8]> {
    let is_name_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"._~%!$&'()*+,;=-".contains(byte);
    let is_address_byte = |byte: &u8| byte.is_ascii_hexdigit() || b":.".contains(byte);
    let end = if authority.first() == Some(&b'[') {
        let end = authority.iter().position(|byte| *byte == b']')?;
        if end < 2 || !authority[1..end].iter().all(is_address_byte) {
            return None;
        }
        end + 1
    } else {
        authority.iter().take_while(|byte| is_name_byte(byte)).count()
    };
    let (host, port) = authority.split_at(end);
    let is_port = match port {
        [] => true,
        [b':', digits @ ..] => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    (is_port && !host.is_empty()).then(|| host.strip_suffix(b".").unwrap_or(host))
}

/// The bytes that percent-encoded text stands for; `None`, and then nothing, where it cannot be decoded or is not
/// UTF-8.
struct PercentDecoded<'t> {
    text: &'t [u8],
    /// Escapes ahead that belong to a character whose first byte has been given.
    rest_of_character: usize,
}

fn percent_decoded(text: &[u8]) -> PercentDecoded<'_> {
    PercentDecoded { text, rest_of_character: 0 }
}

impl Iterator for PercentDecoded<'_> {
    type Item = Option<u8>;

    fn next(&mut self) -> Option<Option<u8>> {
        let (first, rest) = self.text.split_first()?;
        if *first != b'%' {
            self.text = rest;
            return Some(Some(*first));
        }
        if self.rest_of_character == 0 {
            let Some(length) = escaped_character(self.text) else {
                self.text = &[];
                return Some(None);
            };
            self.rest_of_character = length;
        }
        self.rest_of_character -= 1;
        let byte = escape(self.text);
        self.text = &self.text[3..];
        Some(byte)
    }
}

fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| (byte as char).to_digit(16);
    Some((digit(*high)? * 16 + digit(*low)?) as u8)
}

/// How many escapes the character at the start of `text` takes: all of its bytes have to be escaped.
fn escaped_character(text: &[u8]) -> Option<usize> {
    let length = match escape(text)?.leading_ones() {
        0 => 1,
        ones @ 2..=4 => ones as usize,
        _ => return None,
    };
    let mut character = [0; 4];
    for (index, byte) in character[..length].iter_mut().enumerate() {
        *byte = escape(text.get(3 * index..)?)?;
    }
    core::str::from_utf8(&character[..length]).ok().map(|_| length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(target: &str) -> Option<Vec<u8>> {
        let target = parse_target(target.as_bytes(), b"h")?;
        Some(if target.is_root { b"/".to_vec() } else { before_query(target.origin).collect() })
    }

    #[test]
    fn targets_are_decoded_and_cut_at_the_first_question_mark() {
        for (target, path) in [
            ("/", "/"),
            ("/a%20b", "/a b"),
            ("/a?b", "/a"),
            ("/a%3Fb", "/a"),
            ("%2fa", "/a"),
            ("/%C3%A9", "/é"),
            ("http://x", "/"),
            ("HTTPS://x?q", "/"),
            ("http://x/y?q", "/y"),
        ] {
            assert_eq!(path_of(target).as_deref(), Some(path.as_bytes()), "{target}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_target() {
        for target in [
            "",
            "*",
            "a",
            "/ ",
            "/#a",
            "/%",
            "/%2",
            "/%zz",
            "/%A9",
            "/%C3",
            "/%C3A9",
            "/%C3%41",
            "/%ED%A0%80",
            "/%C0%80",
            "/%F8%80%80%80%80",
            "/?%FF",
            "http://",
            "http://a b/",
            "h:80",
            "/\u{e9}",
        ] {
            assert_eq!(path_of(target), None, "{target}");
        }
    }

    #[test]
    fn hosts_may_have_a_port_and_a_trailing_dot() {
        for host in
            ["Page.Example", "page.example.", "page.example:80", "page.example.:", "PAGE.example:65535"]
        {
            assert!(parse_target(b"/", host.as_bytes()).unwrap().is_for(b"page.example"), "{host}");
        }
        assert!(parse_target(b"/", b"[::1]:80").unwrap().is_for(b"[::1]"));
        for host in
            ["", ":80", "a:123456", "a:b", "a b", "a/b", "[::1", "[]", "[g]", "a@b", "a:80:80", "[::1]x"]
        {
            assert_eq!(parse_target(b"/", host.as_bytes()), None, "{host}");
        }
    }

    #[test]
    fn an_own_path_that_cannot_be_decoded_stands_for_itself() {
        assert_eq!(decode_own_path(b"/a%20b?c"), b"/a b");
        assert_eq!(decode_own_path(b"/100%?c"), b"/100%");
    }
}
