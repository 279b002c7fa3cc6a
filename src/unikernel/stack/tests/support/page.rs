//! Bundles of any size, written as `bundle-format.md` says.

use hotzone_page::crc32::crc32;
use hotzone_page::http_date::format_http_date;

use crate::support::HOST;

/// The body that a page of this size has: no part of it looks like another.
pub fn body_of(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252u64;
    let mut body = Vec::with_capacity(length + 8);
    while body.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        body.extend(state.to_le_bytes());
    }
    body.truncate(length);
    body
}

pub fn bundle_of(body: &[u8]) -> Vec<u8> {
    const ETAG: &str = "\"e\"";
    let texts = [HOST, "/index.html", "/index.html", "text/html"];
    let whole = format!("Content-Length: {}\r\n", body.len());
    let content = format!(
        "Content-Type: text/html\r\nLast-Modified: {}\r\nAccept-Ranges: bytes\r\n",
        format_http_date(784_111_777)
    );
    let validator = format!("ETag: {ETAG}\r\nCache-Control: no-cache\r\n");
    let mut head = b"hotzone\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0".to_vec();
    let number = |head: &mut Vec<u8>, number: usize| head.extend((number as u32).to_le_bytes());
    head.extend(784_111_777u64.to_le_bytes());
    head.extend([0; 32]);
    let mut at = 152;
    for text in texts {
        number(&mut head, at);
        number(&mut head, text.len());
        at += text.len();
    }
    head.extend([0; 8]);
    let starts = [0, at, at + whole.len(), at + whole.len() + content.len()];
    let end = starts[3] + validator.len();
    let body_at = end.next_multiple_of(8);
    for offset in
        [0, starts[1], starts[2], starts[3], end, starts[3] + 6, ETAG.len(), body_at, body.len(), 0, 0, 0]
    {
        number(&mut head, offset);
    }
    head.extend(texts.concat().bytes());
    head.extend([whole, content, validator].concat().bytes());
    head.resize(body_at, 0);
    head.extend(body);
    head.resize(head.len().next_multiple_of(8), 0);
    let length = head.len() as u32;
    head[16..20].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32(&head[16..]);
    head[12..16].copy_from_slice(&checksum.to_le_bytes());
    head
}
