//! The checksum of a bundle: CRC-32 as in gzip (RFC 1952 section 8), eight bytes a step.

const POLYNOMIAL: u32 = 0xedb8_8320;

static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word) ^ u64::from(crc);
        crc = 0;
        for (index, table) in TABLES.iter().rev().enumerate() {
            crc ^= table[(word >> (8 * index)) as usize & 0xff];
        }
    }
    for byte in rest {
        crc = (crc >> 8) ^ TABLES[0][((crc ^ u32::from(*byte)) & 0xff) as usize];
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn agrees_with_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn eight_bytes_a_step_give_what_one_byte_a_step_gives() {
        let bytes: alloc::vec::Vec<u8> = (0..1000u32).map(|n| (n * 7 + n / 13) as u8).collect();
        for end in 0..bytes.len() {
            let slow = !bytes[..end].iter().fold(!0u32, |crc, byte| {
                (crc >> 8) ^ super::TABLES[0][((crc ^ u32::from(*byte)) & 0xff) as usize]
            });
            assert_eq!(crc32(&bytes[..end]), slow);
        }
    }
}
