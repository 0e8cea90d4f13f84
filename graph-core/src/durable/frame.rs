//! Framing: every record and every block on disk carries length, sequence number and checksum.

use memchr::memmem;

const MAGIC: [u8; 4] = *b"isog";
/// Bytes of a frame before its payload.
pub(super) const HEADER: usize = 20;
/// No frame is longer than this, so that a damaged length cannot ask for the moon.
pub(super) const PAYLOAD_MAX: usize = 1 << 30;

/// Appends a frame: magic, length, sequence, checksum over length, sequence and payload, payload.
pub(super) fn put(out: &mut Vec<u8>, sequence: u64, payload: &[u8]) {
    let length = (payload.len() as u32).to_le_bytes();
    let sequence = sequence.to_le_bytes();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&length);
    out.extend_from_slice(&sequence);
    out.extend_from_slice(&checksum(&length, &sequence, payload).to_le_bytes());
    out.extend_from_slice(payload);
}

fn checksum(length: &[u8], sequence: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(length);
    hasher.update(sequence);
    hasher.update(payload);
    hasher.finalize()
}

/// A frame that is whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) sequence: u64,
    pub(super) payload: &'a [u8],
    /// Bytes it takes, header included.
    pub(super) size: usize,
}

/// The length that a frame's head names; `None` when it is no head of a frame.
pub(super) fn payload_length(header: &[u8]) -> Option<usize> {
    let (magic, rest) = header.split_at_checked(4)?;
    let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
    (magic == MAGIC).then_some(length as usize)
}

/// Reads the frame at the start of the bytes; `None` when it is cut or damaged.
pub(super) fn get(bytes: &[u8]) -> Option<Frame<'_>> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let (magic, header) = header.split_at(4);
    let (length, header) = header.split_at(4);
    let (sequence, sum) = header.split_at(8);
    if magic != MAGIC {
        return None;
    }
    let size = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let payload = rest.get(..size)?;
    let sum = u32::from_le_bytes(sum.try_into().ok()?);
    (checksum(length, sequence, payload) == sum).then_some(Frame {
        sequence: u64::from_le_bytes(sequence.try_into().ok()?),
        payload,
        size: HEADER + size,
    })
}

/// What a scan of frames found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan<'a> {
    /// Whole frames, and where they end: behind that there is nothing, or only what a crash tore.
    Whole { frames: Vec<Frame<'a>>, end: usize },
    /// A damaged frame with whole ones behind it, or one out of sequence.
    Damaged { offset: usize, reason: &'static str },
}

/// Reads frames until the bytes end or a frame is not whole. The first is numbered `first`, later ones higher.
pub(super) fn scan(bytes: &[u8], first: u64) -> Scan<'_> {
    let mut frames: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(frame) = get(&bytes[at..]) {
        let in_order = match frames.last() {
            None => frame.sequence == first,
            Some(last) => frame.sequence > last.sequence,
        };
        if !in_order {
            return Scan::Damaged {
                offset: at,
                reason: "a record is out of sequence",
            };
        }
        at += frame.size;
        frames.push(frame);
    }
    let behind = &bytes[at..];
    // A torn write is the last thing in the file. A whole frame behind the damage means that it is not torn.
    let whole_behind =
        memmem::find_iter(behind, &MAGIC).any(|start| get(&behind[start..]).is_some());
    if whole_behind {
        return Scan::Damaged {
            offset: at,
            reason: "the checksum of a record does not match",
        };
    }
    Scan::Whole { frames, end: at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Vec<u8> {
        let mut bytes = Vec::new();
        for (sequence, payload) in [(1, "one"), (2, "second"), (3, "the third")] {
            put(&mut bytes, sequence, payload.as_bytes());
        }
        bytes
    }

    #[test]
    fn whole_frames_are_read() {
        let bytes = three();
        let Scan::Whole { frames, end } = scan(&bytes, 1) else {
            panic!("must be whole")
        };
        assert_eq!(
            frames.iter().map(|f| f.payload).collect::<Vec<_>>(),
            [&b"one"[..], b"second", b"the third"]
        );
        assert_eq!(end, bytes.len());
    }

    #[test]
    fn every_cut_and_every_appended_byte_leaves_the_whole_frames() {
        let bytes = three();
        let two = HEADER * 2 + 9;
        for cut in two..bytes.len() {
            assert!(
                matches!(scan(&bytes[..cut], 1), Scan::Whole { frames, end } if frames.len() == 2 && end == two)
            );
        }
        for junk in [vec![0; 512], vec![0xa5; 300], b"isog".to_vec()] {
            let longer = [bytes.clone(), junk].concat();
            assert!(
                matches!(scan(&longer, 1), Scan::Whole { frames, end } if frames.len() == 3 && end == bytes.len())
            );
        }
    }

    #[test]
    fn every_flipped_bit_before_the_last_frame_is_damage() {
        let bytes = three();
        let last = HEADER * 2 + 9;
        for bit in 0..last * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let expected = if bit / 8 < HEADER + 3 { 0 } else { HEADER + 3 };
            assert!(
                matches!(scan(&flipped, 1), Scan::Damaged { offset, .. } if offset == expected),
                "bit {bit} was not noticed"
            );
        }
    }
}
