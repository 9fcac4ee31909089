//! Fixed-width records joined in one block of bytes: put in order, and searched for those that share a key.

/// The records of a block in ascending order of their bytes; a block that no whole records fill comes back as it is.
pub fn sorted(block: &[u8], width: usize) -> Vec<u8> {
    match width {
        44 => sort_fixed::<44>(block),
        60 => sort_fixed::<60>(block),
        68 => sort_fixed::<68>(block),
        _ => sort_any(block, width),
    }
}

fn sort_fixed<const WIDTH: usize>(block: &[u8]) -> Vec<u8> {
    let (records, rest) = block.as_chunks::<WIDTH>();
    if !rest.is_empty() {
        return block.to_vec();
    }
    let mut records = records.to_vec();
    records.sort_unstable();
    records.into_flattened()
}

fn sort_any(block: &[u8], width: usize) -> Vec<u8> {
    if width == 0 || !block.len().is_multiple_of(width) {
        return block.to_vec();
    }
    let mut records: Vec<&[u8]> = block.chunks_exact(width).collect();
    records.sort_unstable();
    records.concat()
}

/// Of a block in ascending order, the records whose first `bits` bits are those of a neighbour.
pub fn sharing(block: &[u8], width: usize, bits: usize) -> Vec<u8> {
    if width == 0 || bits > 8 * width {
        return Vec::new();
    }
    let records: Vec<&[u8]> = block.chunks_exact(width).collect();
    let mut found = Vec::new();
    for (place, record) in records.iter().enumerate() {
        let before = place > 0 && same_key(records[place - 1], record, bits);
        let after = records
            .get(place + 1)
            .is_some_and(|next| same_key(record, next, bits));
        if before || after {
            found.extend_from_slice(record);
        }
    }
    found
}

/// The place of the first record from `start` on that is below the one before it.
pub fn first_descent(block: &[u8], width: usize, start: usize, end: usize) -> Option<usize> {
    let record = |place: usize| block.get(place * width..(place + 1) * width);
    (start + 1..end).find(|&place| record(place) < record(place - 1))
}

fn same_key(one: &[u8], other: &[u8], bits: usize) -> bool {
    let (whole, rest) = (bits / 8, bits % 8);
    let mask = !(0xffu16 >> rest) as u8;
    one[..whole] == other[..whole] && (rest == 0 || (one[whole] ^ other[whole]) & mask == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_sorted_as_bytes_at_every_width() {
        for width in [3, 44, 60, 68] {
            let mut block = Vec::new();
            for first in [9u8, 2, 255, 2, 0] {
                block.extend_from_slice(&vec![first; width]);
            }
            let found = sorted(&block, width);
            let firsts: Vec<u8> = found.chunks_exact(width).map(|one| one[0]).collect();
            assert_eq!(firsts, [0, 2, 2, 9, 255]);
            assert_eq!(sorted(&block[1..], width), block[1..]);
        }
        assert_eq!(sorted(b"ba", 0), b"ba");
    }

    #[test]
    fn only_records_with_a_neighbour_of_the_same_key_come_back() {
        let block = [0x10, 1, 0x1f, 2, 0x20, 3, 0x30, 4, 0x3a, 5, 0x3b, 6];
        assert_eq!(
            sharing(&block, 2, 4),
            [0x10, 1, 0x1f, 2, 0x30, 4, 0x3a, 5, 0x3b, 6]
        );
        assert_eq!(sharing(&block, 2, 7), [0x3a, 5, 0x3b, 6]);
        assert_eq!(sharing(&block, 2, 8), []);
        assert_eq!(sharing(&block, 2, 17), []);
    }

    #[test]
    fn a_descent_is_found_inside_the_bounds_only() {
        assert_eq!(first_descent(b"abbadc", 1, 0, 6), Some(3));
        assert_eq!(first_descent(b"abbadc", 1, 3, 5), None);
        assert_eq!(first_descent(b"abbadc", 1, 3, 6), Some(5));
        assert_eq!(first_descent(b"", 1, 0, 0), None);
    }
}
