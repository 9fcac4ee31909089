//! Nothing that trustees publish makes the core panic, and nothing changed is accepted.
//!
//! Inputs are mutated from an honest ceremony and an honest partial decryption; most of them pass the length checks.
//! See `common/fuzzing.rs` for how many are tried.

mod common;

use bolero::TypeGenerator;
use common::fuzzing::{Share, fuzz};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use dauys_core::ceremony::{
    Attempt, Coded, Dealing, Possession, public_keys, verify_possession, verify_share, weak_key,
};
use dauys_core::ed25519;
use dauys_core::error::Error;
use dauys_core::group::decode_scalar;
use dauys_core::open::{merkle_path, merkle_root, path_holds};
use dauys_core::sign::Key;
use dauys_core::tally::{Partial, SumContext, combine, partial_decrypt, verify_partial};
use dauys_core::transcript::hash;

const ATTEMPT: Attempt<'static> = Attempt {
    vote_id: "fuzz/1/0",
    attempt: 1,
    trustees: 3,
    threshold: 2,
    keys: 2,
};
const CONTEXT: SumContext<'static> = SumContext {
    root: &[1; 64],
    wave: &[2; 64],
    unit: "0412",
    contest: "list",
    set: &[3; 64],
};

/// One change of bytes that are a list of 32-byte fields.
#[derive(Clone, Copy, Debug, TypeGenerator)]
enum Change {
    Flip(u16, u8),
    Swap(u8, u8),
    Special(u8, u8),
    Random(u8, [u8; 32]),
    Small(u8, u64),
    Resize(u8, i8),
}

/// Encodings that code likes to stumble over.
const SPECIAL: [[u8; 32]; 4] = [[0; 32], [0xff; 32], ORDER, BASE];
/// The group order.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
/// The base point.
const BASE: [u8; 32] = [
    0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f,
    0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
];

impl Change {
    fn apply(self, bytes: &mut Vec<u8>) {
        let fields = bytes.len() / 32;
        if fields == 0 {
            return;
        }
        let at = |field: u8| 32 * (usize::from(field) % fields);
        let mut put = |field: u8, new: &[u8; 32]| {
            bytes[at(field)..at(field) + 32].copy_from_slice(new);
        };
        match self {
            Change::Flip(place, flip) => {
                let place = usize::from(place) % bytes.len();
                bytes[place] ^= flip;
            }
            Change::Swap(one, two) => {
                let mut kept = [0; 32];
                kept.copy_from_slice(&bytes[at(one)..at(one) + 32]);
                bytes.copy_within(at(two)..at(two) + 32, at(one));
                bytes[at(two)..at(two) + 32].copy_from_slice(&kept);
            }
            Change::Special(field, which) => {
                put(field, &SPECIAL[usize::from(which) % SPECIAL.len()]);
            }
            Change::Random(field, new) => put(field, &new),
            Change::Small(field, multiple) => {
                let point = RistrettoPoint::mul_base(&Scalar::from(multiple));
                put(field, &point.compress().to_bytes());
            }
            // A length that is wrong for certain teaches little: one in four such changes is kept.
            Change::Resize(rare, by) if rare.is_multiple_of(4) => {
                bytes.resize(bytes.len().saturating_add_signed(isize::from(by)), 0xa5);
            }
            Change::Resize(..) => {}
        }
    }
}

/// Runs a target on inputs changed from `good`; it says whether the length was accepted.
fn fuzz_changed(name: &str, good: &[u8], run: impl Fn(&[u8]) -> bool + std::panic::RefUnwindSafe) {
    let share = Share::default();
    fuzz(
        4_000,
        10,
        |(first, second, both): &(Change, Change, bool)| {
            let mut bytes = good.to_vec();
            first.apply(&mut bytes);
            if *both {
                second.apply(&mut bytes);
            }
            share.count(run(&bytes));
        },
    );
    share.tell(name);
}

/// Randomness of the tests: hashes of a counter.
fn counter(seed: u8) -> impl FnMut(&mut [u8; 64]) -> Result<(), Error> {
    let mut next = 0u32;
    move |out| {
        next += 1;
        *out = hash("fuzz", &[&[seed], &next.to_le_bytes()]);
        Ok(())
    }
}

fn joined(points: &[Coded]) -> Vec<u8> {
    points.iter().flat_map(|point| point.bytes).collect()
}

fn decode(bytes: &[u8]) -> Result<Vec<Coded>, Error> {
    bytes.chunks(32).map(Coded::decode).collect()
}

fn refused_by_length<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Length { .. }))
}

/// A list of commitments and the proof at its end.
fn read_reveal(bytes: &[u8]) -> Result<(Vec<Coded>, Possession), Error> {
    let expected = 32 * (ATTEMPT.commitments() + 2);
    let found = bytes.len();
    let (points, y) = bytes
        .split_at_checked(found.saturating_sub(32))
        .filter(|_| found == expected)
        .ok_or(Error::Length { found, expected })?;
    let mut points = decode(points)?;
    let w = points.pop().ok_or(Error::Length { found, expected })?;
    let y = decode_scalar(y)?;
    Ok((points, Possession { w, y }))
}

#[test]
fn reveals() {
    let mut fill = counter(1);
    let dealing = Dealing::draw(&ATTEMPT, &mut fill).expect("draws");
    let commitments = dealing.commitments();
    let proof = dealing
        .possession(&ATTEMPT, 1, &commitments, &mut fill)
        .expect("proves");
    let mut good = joined(&commitments);
    good.extend(proof.w.bytes);
    good.extend(proof.y.as_bytes());
    fuzz_changed("reveals", &good, |bytes| {
        let read = read_reveal(bytes);
        let fits = !refused_by_length(&read);
        let judged = read.and_then(|(points, proof)| {
            let lists = [points.clone(), points.clone(), points.clone()];
            let keys = public_keys(&ATTEMPT, &lists)?;
            let _ = weak_key(&keys.keys);
            verify_possession(&ATTEMPT, 1, &points, &proof)
        });
        // Commitments to higher coefficients are in the hash too, so nothing at all may change.
        assert_eq!(judged.is_ok(), bytes == good);
        fits
    });
}

#[test]
fn shares() {
    let mut fill = counter(2);
    let dealing = Dealing::draw(&ATTEMPT, &mut fill).expect("draws");
    let commitments = dealing.commitments();
    let good: Vec<u8> = dealing.share(2).iter().flat_map(Scalar::to_bytes).collect();
    fuzz_changed("shares", &good, |bytes| {
        let read: Result<Vec<Scalar>, Error> = bytes.chunks(32).map(decode_scalar).collect();
        let judged = read.and_then(|share| verify_share(&ATTEMPT, 2, &commitments, &share));
        assert_eq!(judged.is_ok(), bytes == good);
        !refused_by_length(&judged)
    });
}

#[test]
fn partial_decryptions() {
    let mut fill = counter(3);
    let secrets: Vec<Scalar> = (5..8u64)
        .map(|n| Scalar::from(n) * Scalar::from(n))
        .collect();
    let own: Vec<Coded> = secrets
        .iter()
        .map(|secret| Coded::new(RistrettoPoint::mul_base(secret)))
        .collect();
    let a = Coded::new(RistrettoPoint::mul_base(&Scalar::from(99u64)));
    let made = partial_decrypt(&CONTEXT, 1, &secrets, &own, &a, &mut fill).expect("decrypts");
    let mut good = joined(&made.d);
    good.extend(made.w1.bytes);
    good.extend(made.w2.bytes);
    good.extend(made.z.as_bytes());
    fuzz_changed("partial decryptions", &good, |bytes| {
        let found = bytes.len();
        let cut = found.saturating_sub(32);
        let read = decode(&bytes[..cut]).and_then(|mut points| {
            let missing = Error::Length {
                found,
                expected: 192,
            };
            let (w2, w1) = (points.pop().ok_or(missing)?, points.pop().ok_or(missing)?);
            let z = decode_scalar(&bytes[cut..])?;
            Ok(Partial {
                d: points,
                w1,
                w2,
                z,
            })
        });
        let judged = read.and_then(|partial| {
            let e: Vec<RistrettoPoint> = own.iter().map(|key| key.point).collect();
            let _ = combine(&[(1, &partial.d)], &e, 20);
            verify_partial(&CONTEXT, 1, &own, &a, &partial)
        });
        assert_eq!(judged.is_ok(), bytes == good);
        !refused_by_length(&judged)
    });
}

#[test]
fn signatures() {
    let key = Key::from_seed(&[7; 32]).expect("32 bytes");
    let message = hash("fuzz", &[b"message"]);
    let good = [key.public().as_slice(), &key.sign(&message)].concat();
    fuzz_changed("signatures", &good, |bytes| {
        let (public, signature) = bytes.split_at(bytes.len().min(32));
        let judged = ed25519::verify(public, &message, signature);
        assert_eq!(judged.is_ok(), bytes == good);
        !refused_by_length(&judged)
    });
}

#[test]
fn paths() {
    let leaves: Vec<[u8; 64]> = (0..21u8).map(|leaf| hash("fuzz", &[&[leaf]])).collect();
    let root = merkle_root(&leaves);
    for place in [0, 13, 20] {
        let good: Vec<u8> = merkle_path(&leaves, place).concat();
        fuzz_changed("paths", &good, |bytes| {
            let (path, rest) = bytes.as_chunks::<32>();
            let holds = path_holds(&leaves[place], place as u64, 21, path, &root);
            assert_eq!(holds, path.as_flattened() == good);
            // A shorter path is one of a smaller tree: only a broken node is no path at all.
            rest.is_empty()
        });
    }
}
