//! Curve arithmetic on several points at once, generic over how many fit into one register.
//!
//! A [`Lanes`] value is one field element per lane. Everything here is written once over that trait: decoding
//! (RFC 9496 §4.3.1), encoding, additions; [`crate::buckets`] builds on it. Variable time: for public data only.
#![allow(clippy::needless_range_loop)] // one index runs over several arrays

/// The most lanes any implementation has.
pub const MOST: usize = 8;

/// Five limbs of 51 bits, the form in which field elements are stored.
pub type Stored = [u64; 5];

/// For each limb, one value per lane.
pub type Columns = [[u64; MOST]; 5];

const ZERO: Stored = [0; 5];
const ONE: Stored = [1, 0, 0, 0, 0];
const MINUS_ONE: Stored = [0x7_ffff_ffff_ffec, LOW, LOW, LOW, LOW];
const LOW: u64 = (1 << 51) - 1;

/// `d` of the curve `−x² + y² = 1 + d·x²·y²`.
const D: Stored = [
    0x34dca135978a3,
    0x1a8283b156ebd,
    0x5e7a26001c029,
    0x739c663a03cbb,
    0x52036cee2b6ff,
];
/// `2d`.
const D2: Stored = [
    0x69b9426b2f159,
    0x35050762add7a,
    0x3cf44c0038052,
    0x6738cc7407977,
    0x2406d9dc56dff,
];
/// A square root of −1.
const ROOT: Stored = [
    0x61b274a0ea0b0,
    0x0d5a5fc8f189d,
    0x7ef5e9cbd0c60,
    0x78595a6804c9e,
    0x2b8324804fc1d,
];
/// `1/√(−1−d)`.
const ENCHANT: Stored = [
    0xfdaa805d40ea,
    0x2eb482e57d339,
    0x7610274bc58,
    0x6510b613dc8ff,
    0x786c8905cfaff,
];

/// One field element per lane. Results of every operation may be operands of every other.
pub trait Lanes: Copy {
    /// Number of lanes.
    const WIDTH: usize;
    /// The same element in every lane.
    fn splat(element: &Stored) -> Self;
    /// From one column of values per limb, each below 2⁵².
    fn from_columns(columns: &Columns) -> Self;
    /// Canonical limbs of every lane.
    fn to_columns(self) -> Columns;
    /// Three elements for each lane, from stored points.
    fn load(points: &[&Niels; MOST]) -> [Self; 3];
    /// `a + b`.
    fn add(self, other: Self) -> Self;
    /// `a − b`.
    fn sub(self, other: Self) -> Self;
    /// `−a`.
    fn neg(self) -> Self;
    /// `a·b`.
    fn mul(self, other: Self) -> Self;
    /// `a²`.
    fn square(self) -> Self;
    /// `self` where the bit of the lane is 0, `other` where it is 1.
    fn select(self, other: Self, bits: u32) -> Self;
}

/// A point prepared for adding: `y + x`, `y − x`, `2dxy`, five limbs each.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(128))]
pub struct Niels(pub [u64; 16]);

impl Niels {
    /// The identity.
    pub const IDENTITY: Self = Self([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}

/// A point in each lane, extended coordinates.
#[derive(Clone, Copy)]
pub struct Points<L> {
    x: L,
    y: L,
    z: L,
    t: L,
}

/// Bits of the lanes whose element is zero.
#[inline(always)]
fn zeros(columns: &Columns) -> u32 {
    (0..MOST).fold(0, |bits, lane| {
        let any = columns.iter().fold(0, |any, limb| any | limb[lane]);
        bits | u32::from(any == 0) << lane
    })
}

/// Bits of the lanes whose element is negative, that is odd.
#[inline(always)]
fn odd<L: Lanes>(element: L) -> u32 {
    let columns = element.to_columns();
    (0..MOST).fold(0, |bits, lane| {
        bits | ((columns[0][lane] & 1) as u32) << lane
    })
}

#[inline(always)]
fn equal<L: Lanes>(a: L, b: L) -> u32 {
    zeros(&a.sub(b).to_columns())
}

#[inline(always)]
fn absolute<L: Lanes>(element: L) -> L {
    element.select(element.neg(), odd(element))
}

#[inline(always)]
fn squares<L: Lanes, const K: usize>(mut a: [L; K], times: usize) -> [L; K] {
    for _ in 0..times {
        for element in &mut a {
            *element = element.square();
        }
    }
    a
}

#[inline(always)]
fn products<L: Lanes, const K: usize>(a: [L; K], b: [L; K]) -> [L; K] {
    let mut out = a;
    for k in 0..K {
        out[k] = a[k].mul(b[k]);
    }
    out
}

/// `a^((p−5)/8)`, for several vectors side by side so that none waits for the other.
#[inline(always)]
fn power_p58<L: Lanes, const K: usize>(a: [L; K]) -> [L; K] {
    let a2 = squares(a, 1);
    let a9 = products(a, squares(a2, 2));
    let a11 = products(a2, a9);
    let e5 = products(a9, squares(a11, 1));
    let e10 = products(squares(e5, 5), e5);
    let e20 = products(squares(e10, 10), e10);
    let e40 = products(squares(e20, 20), e20);
    let e50 = products(squares(e40, 10), e10);
    let e100 = products(squares(e50, 50), e50);
    let e200 = products(squares(e100, 100), e100);
    let e250 = products(squares(e200, 50), e50);
    products(squares(e250, 2), a)
}

/// `1/√w` up to sign, and the bits of the lanes where it exists and `w` is not zero.
#[inline(always)]
fn inverse_roots<L: Lanes, const K: usize>(w: [L; K]) -> ([L; K], [u32; K]) {
    let w3 = products(squares(w, 1), w);
    let w7 = products(squares(w3, 1), w);
    let mut roots = products(w3, power_p58(w7));
    let mut exist = [0; K];
    for k in 0..K {
        let check = w[k].mul(roots[k].square());
        let turned = equal(check, L::splat(&MINUS_ONE));
        exist[k] = turned | equal(check, L::splat(&ONE));
        roots[k] = roots[k].select(roots[k].mul(L::splat(&ROOT)), turned);
    }
    (roots, exist)
}

/// Decoded points of one vector, hints for them, and the bits of the lanes that were canonical.
#[derive(Clone, Copy)]
struct Decoded<L> {
    niels: [L; 3],
    root: L,
    good: u32,
}

/// Bytes as five limbs of 51 bits; the top bit is dropped.
#[inline(always)]
fn limbs_of(bytes: &[u8; 32]) -> Stored {
    let word = |at: usize| u64::from_le_bytes(core::array::from_fn(|k| bytes[at + k]));
    [
        word(0) & LOW,
        (word(6) >> 3) & LOW,
        (word(12) >> 6) & LOW,
        (word(19) >> 1) & LOW,
        (word(24) >> 12) & LOW,
    ]
}

/// Canonical limbs as bytes.
fn bytes_of(limbs: &Stored) -> [u8; 32] {
    let words = [
        limbs[0] | limbs[1] << 51,
        limbs[1] >> 13 | limbs[2] << 38,
        limbs[2] >> 26 | limbs[3] << 25,
        limbs[3] >> 39 | limbs[4] << 12,
    ];
    let mut bytes = [0; 32];
    for (chunk, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
    bytes
}

/// Whether the bytes are an even number below `p`.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let limbs = limbs_of(bytes);
    let full = limbs[1..].iter().all(|&limb| limb == LOW) && limbs[0] > MINUS_ONE[0];
    bytes[31] < 0x80 && bytes[0] & 1 == 0 && !full
}

#[inline(always)]
fn columns_of<L: Lanes>(encoded: &[[u8; 32]]) -> (L, u32) {
    let mut columns = [[0; MOST]; 5];
    let mut good = 0;
    for (lane, bytes) in encoded.iter().enumerate() {
        for (column, limb) in columns.iter_mut().zip(limbs_of(bytes)) {
            column[lane] = limb;
        }
        good |= u32::from(is_canonical(bytes)) << lane;
    }
    (L::from_columns(&columns), good)
}

/// Decodes `K` vectors of points. A hint that holds replaces the square root, one that does not is ignored.
#[inline(always)]
fn decode_vectors<L: Lanes, const K: usize>(
    encoded: &[[u8; 32]],
    hints: Option<&[[u8; 32]]>,
) -> [Decoded<L>; K] {
    let one = L::splat(&ONE);
    let (mut s, mut good) = ([one; K], [0; K]);
    let (mut u1, mut u2, mut v, mut w) = (s, s, s, s);
    for k in 0..K {
        (s[k], good[k]) = columns_of(vector_of::<L>(encoded, k));
        let square = s[k].square();
        (u1[k], u2[k]) = (one.sub(square), one.add(square));
        let u2_square = u2[k].square();
        v[k] = L::splat(&ZERO).sub(L::splat(&D).mul(u1[k].square()).add(u2_square));
        w[k] = v[k].mul(u2_square);
    }
    let (roots, exist) = match hints {
        Some(hints) => hinted_roots(w, hints),
        None => inverse_roots(w),
    };
    let zero = Decoded {
        niels: [one; 3],
        root: one,
        good: 0,
    };
    let mut found = [zero; K];
    for k in 0..K {
        found[k] = finish_decoding(s[k], u1[k], u2[k], v[k], roots[k]);
        found[k].good &= good[k] & exist[k];
    }
    found
}

/// The encodings that belong in vector `k`.
fn vector_of<L: Lanes>(encoded: &[[u8; 32]], k: usize) -> &[[u8; 32]] {
    let end = ((k + 1) * L::WIDTH).min(encoded.len());
    &encoded[(k * L::WIDTH).min(end)..end]
}

#[inline(always)]
fn hinted_roots<L: Lanes, const K: usize>(w: [L; K], hints: &[[u8; 32]]) -> ([L; K], [u32; K]) {
    let one = L::splat(&ONE);
    let all = (1u32 << L::WIDTH) - 1;
    let mut roots = w;
    let mut hold = true;
    for k in 0..K {
        (roots[k], _) = columns_of(vector_of::<L>(hints, k));
        hold &= equal(w[k].mul(roots[k].square()), one) & all == all;
    }
    if hold {
        (roots, [all; K])
    } else {
        inverse_roots(w)
    }
}

#[inline(always)]
fn finish_decoding<L: Lanes>(s: L, u1: L, u2: L, v: L, root: L) -> Decoded<L> {
    let den_x = root.mul(u2);
    let den_y = root.mul(den_x).mul(v);
    let x = absolute(s.add(s).mul(den_x));
    let y = u1.mul(den_y);
    let t = x.mul(y);
    Decoded {
        niels: [y.add(x), y.sub(x), t.mul(L::splat(&D2))],
        root,
        good: !odd(t) & !zeros(&y.to_columns()),
    }
}

/// Decodes any number of points; appends to `points`, `good` and, if given, `hints`.
#[inline(always)]
pub fn decode<L: Lanes>(
    encoded: &[[u8; 32]],
    hints: Option<&[[u8; 32]]>,
    points: &mut Vec<Niels>,
    good: &mut Vec<bool>,
    mut out: Option<&mut Vec<[u8; 32]>>,
) {
    let step = 2 * L::WIDTH;
    let hints = hints.filter(|hints| hints.len() == encoded.len());
    for (at, block) in encoded.chunks(step).enumerate() {
        let own = hints.map(|hints| &hints[at * step..at * step + block.len()]);
        // an incomplete block is padded with the identity, for which no hint is at hand
        let own = own.filter(|own| own.len() == step);
        for (k, vector) in decode_vectors::<L, 2>(block, own).into_iter().enumerate() {
            let lanes = block.len().saturating_sub(k * L::WIDTH).min(L::WIDTH);
            store(&vector, lanes, points, good);
            if let Some(out) = out.as_deref_mut() {
                let columns = vector.root.to_columns();
                out.extend((0..lanes).map(|lane| bytes_of(&columns.map(|column| column[lane]))));
            }
        }
    }
}

#[inline(always)]
fn store<L: Lanes>(
    vector: &Decoded<L>,
    lanes: usize,
    points: &mut Vec<Niels>,
    good: &mut Vec<bool>,
) {
    let [plus, minus, t2d] = vector.niels;
    let columns = [plus.to_columns(), minus.to_columns(), t2d.to_columns()];
    for lane in 0..lanes {
        let mut point = [0; 16];
        for (place, limb) in point[..15].iter_mut().enumerate() {
            *limb = columns[place / 5][place % 5][lane];
        }
        points.push(Niels(point));
        good.push(vector.good >> lane & 1 == 1);
    }
}

impl<L: Lanes> Points<L> {
    /// The identity in every lane.
    #[inline(always)]
    pub fn identity() -> Self {
        let (zero, one) = (L::splat(&[0; 5]), L::splat(&ONE));
        Self {
            x: zero,
            y: one,
            z: one,
            t: zero,
        }
    }

    /// Adds a stored point to each lane, or subtracts it where the bit is set.
    #[inline(always)]
    pub(crate) fn add_stored(self, points: &[&Niels; MOST], negative: u32) -> Self {
        let [plus, minus, t2d] = L::load(points);
        let (plus, minus) = (plus.select(minus, negative), minus.select(plus, negative));
        let t2d = t2d.select(t2d.neg(), negative);
        let a = self.y.sub(self.x).mul(minus);
        let b = self.y.add(self.x).mul(plus);
        let c = self.t.mul(t2d);
        Self::close(a, b, c, self.z.add(self.z))
    }

    /// The last step of every addition: `E = B−A, F = D−C, G = D+C, H = B+A`.
    #[inline(always)]
    fn close(a: L, b: L, c: L, d: L) -> Self {
        let (e, f, g, h) = (b.sub(a), d.sub(c), d.add(c), b.add(a));
        Self {
            x: e.mul(f),
            y: g.mul(h),
            z: f.mul(g),
            t: e.mul(h),
        }
    }

    /// Adds lane by lane.
    ///
    /// **Source:** Hisil, Wong, Carter, Dawson 2008 §3.1; complete for this curve.
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        let a = self.y.sub(self.x).mul(other.y.sub(other.x));
        let b = self.y.add(self.x).mul(other.y.add(other.x));
        let c = self.t.mul(L::splat(&D2)).mul(other.t);
        let zz = self.z.mul(other.z);
        Self::close(a, b, c, zz.add(zz))
    }

    /// Doubles every lane.
    #[inline(always)]
    pub(crate) fn double(self) -> Self {
        let (a, b, zz) = (self.x.square(), self.y.square(), self.z.square());
        let h = a.add(b);
        let e = h.sub(self.x.add(self.y).square());
        let g = a.sub(b);
        let f = zz.add(zz).add(g);
        Self {
            x: e.mul(f),
            y: g.mul(h),
            z: f.mul(g),
            t: e.mul(h),
        }
    }

    #[inline(always)]
    pub(crate) fn to_columns(self) -> [Columns; 4] {
        [
            self.x.to_columns(),
            self.y.to_columns(),
            self.z.to_columns(),
            self.t.to_columns(),
        ]
    }

    #[inline(always)]
    pub(crate) fn from_columns(columns: &[Columns; 4]) -> Self {
        Self {
            x: L::from_columns(&columns[0]),
            y: L::from_columns(&columns[1]),
            z: L::from_columns(&columns[2]),
            t: L::from_columns(&columns[3]),
        }
    }

    /// Bits of the lanes that hold the identity of ristretto255: `x = 0` or `y = 0`.
    #[inline(always)]
    pub(crate) fn identities(self) -> u32 {
        zeros(&self.x.to_columns()) | zeros(&self.y.to_columns())
    }

    /// The canonical encodings of all lanes, RFC 9496 §4.3.2.
    #[inline(always)]
    fn encode(self) -> [[u8; 32]; MOST] {
        let u1 = self.z.add(self.y).mul(self.z.sub(self.y));
        let u2 = self.x.mul(self.y);
        let ([root], _) = inverse_roots([u1.mul(u2.square())]);
        let (d1, d2) = (u1.mul(root), u2.mul(root));
        let z_inverse = d1.mul(d2).mul(self.t);
        let turn = odd(self.t.mul(z_inverse));
        let x = self.x.select(self.y.mul(L::splat(&ROOT)), turn);
        let y = self.y.select(self.x.mul(L::splat(&ROOT)), turn);
        let den = d2.select(d1.mul(L::splat(&ENCHANT)), turn);
        let y = y.select(y.neg(), odd(x.mul(z_inverse)));
        let s = absolute(den.mul(self.z.sub(y))).to_columns();
        core::array::from_fn(|lane| bytes_of(&s.map(|column| column[lane])))
    }
}

/// The encoded sums of the picked points, `WIDTH` lists at a time.
#[inline(always)]
pub fn sums<L: Lanes>(points: &[Niels], picks: &[Vec<u32>]) -> Vec<[u8; 32]> {
    let mut encoded = Vec::with_capacity(picks.len() + MOST);
    for lists in picks.chunks(L::WIDTH) {
        let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
        let mut sum = Points::<L>::identity();
        for at in 0..longest {
            let pick = |lane: usize| lists.get(lane).and_then(|list| list.get(at));
            let chosen = core::array::from_fn(|lane| {
                pick(lane).map_or(&Niels::IDENTITY, |&pick| &points[pick as usize])
            });
            sum = sum.add_stored(&chosen, 0);
        }
        encoded.extend_from_slice(&sum.encode()[..lists.len()]);
    }
    encoded
}
