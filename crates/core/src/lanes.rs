//! Curve arithmetic on several points at once, generic over how many fit into one register.
//!
//! A [`Lanes`] value is one field element per lane. Everything here is written once over that trait: decoding
//! (RFC 9496 §4.3.1), encoding, additions, and a bucket method for multi-scalar multiplication in which every lane
//! fills a bucket of its own. Variable time: for public data only.
#![allow(clippy::needless_range_loop)] // one index runs over several arrays

use crate::wide::Limbs;

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
    fn add_stored(self, points: &[&Niels; MOST], negative: u32) -> Self {
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
    fn add(self, other: Self) -> Self {
        let a = self.y.sub(self.x).mul(other.y.sub(other.x));
        let b = self.y.add(self.x).mul(other.y.add(other.x));
        let c = self.t.mul(L::splat(&D2)).mul(other.t);
        let zz = self.z.mul(other.z);
        Self::close(a, b, c, zz.add(zz))
    }

    /// Doubles every lane.
    #[inline(always)]
    fn double(self) -> Self {
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
    fn to_columns(self) -> [Columns; 4] {
        [
            self.x.to_columns(),
            self.y.to_columns(),
            self.z.to_columns(),
            self.t.to_columns(),
        ]
    }

    #[inline(always)]
    fn from_columns(columns: &[Columns; 4]) -> Self {
        Self {
            x: L::from_columns(&columns[0]),
            y: L::from_columns(&columns[1]),
            z: L::from_columns(&columns[2]),
            t: L::from_columns(&columns[3]),
        }
    }

    /// Bits of the lanes that hold the identity of ristretto255: `x = 0` or `y = 0`.
    #[inline(always)]
    fn identities(self) -> u32 {
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

/// Whether `Σ coefficients·points` is the identity of ristretto255.
#[inline(always)]
pub fn vanishes<L: Lanes>(points: &[Niels], coefficients: &[Limbs]) -> bool {
    let bits = window_bits(points.len(), L::WIDTH);
    let digits = Digits::new(coefficients, bits);
    let mut buckets = Buckets::<L>::new(bits);
    let mut total = Points::<L>::identity();
    for window in (0..digits.windows).rev() {
        total = doubled(total, bits).add(buckets.sum(points, digits.of(window)));
    }
    total.identities() & 1 == 1
}

#[inline(always)]
fn doubled<L: Lanes>(mut point: Points<L>, times: usize) -> Points<L> {
    for _ in 0..times {
        point = point.double();
    }
    point
}

/// The width of a window that costs least: each costs one addition a point and about three a bucket.
fn window_bits(points: usize, width: usize) -> usize {
    let cost = |bits: usize| (254 / bits + 1) * (points + 4 * (1 << (bits - 1)) + 40 * width);
    (4..=13).min_by_key(|&bits| cost(bits)).unwrap_or(8)
}

/// Signed digits of all coefficients, window by window.
struct Digits {
    points: usize,
    windows: usize,
    digits: Vec<i16>,
}

impl Digits {
    fn new(coefficients: &[Limbs], bits: usize) -> Self {
        let (points, windows) = (coefficients.len(), 254 / bits + 1);
        let mut digits = vec![0; points * windows];
        let (half, whole) = (1i64 << (bits - 1), 1i64 << bits);
        for (point, limbs) in coefficients.iter().enumerate() {
            let mut carry = 0;
            for window in 0..windows {
                let raw = window_of(limbs, window * bits, bits) + carry;
                carry = i64::from(raw > half);
                digits[window * points + point] = (raw - carry * whole) as i16;
            }
        }
        Self {
            points,
            windows,
            digits,
        }
    }

    fn of(&self, window: usize) -> &[i16] {
        &self.digits[window * self.points..(window + 1) * self.points]
    }
}

fn window_of(limbs: &Limbs, start: usize, bits: usize) -> i64 {
    let (limb, shift) = (start / 64, start % 64);
    if limb > 3 {
        return 0;
    }
    let high = if limb < 3 && shift > 0 {
        limbs[limb + 1] << (64 - shift)
    } else {
        0
    };
    ((limbs[limb] >> shift | high) & ((1 << bits) - 1)) as i64
}

/// The buckets of one window, used again for the next.
struct Buckets<L> {
    size: usize,
    /// Row `k` holds in lane `l` the bucket `l·rows + k`, as limbs of four coordinates.
    rows: Vec<[Columns; 4]>,
    starts: Vec<u32>,
    sorted: Vec<u32>,
    by_count: Vec<u32>,
    lanes: core::marker::PhantomData<L>,
}

impl<L: Lanes> Buckets<L> {
    fn new(bits: usize) -> Self {
        let size = 1usize << (bits - 1);
        Self {
            size,
            rows: vec![[[[0; MOST]; 5]; 4]; size / L::WIDTH],
            starts: Vec::new(),
            sorted: Vec::new(),
            by_count: Vec::new(),
            lanes: core::marker::PhantomData,
        }
    }

    /// `Σ digits·points` of one window; the result is in lane 0.
    #[inline(always)]
    fn sum(&mut self, points: &[Niels], digits: &[i16]) -> Points<L> {
        self.sort(digits);
        self.fill(points);
        self.reduce()
    }

    /// Sorts points by bucket, and buckets by how many points they get.
    fn sort(&mut self, digits: &[i16]) {
        self.starts.clear();
        self.starts.resize(self.size + 2, 0);
        for digit in digits {
            self.starts[usize::from(digit.unsigned_abs()) + 1] += 1;
        }
        let zeros = self.starts[1];
        self.starts[1] = 0;
        for bucket in 1..self.starts.len() {
            self.starts[bucket] += self.starts[bucket - 1];
        }
        let mut next = self.starts.clone();
        self.sorted.clear();
        self.sorted.resize(digits.len() - zeros as usize, 0);
        for (point, &digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
            let place = &mut next[usize::from(digit.unsigned_abs())];
            self.sorted[*place as usize] = (point as u32) << 1 | u32::from(digit < 0);
            *place += 1;
        }
        self.order_buckets();
    }

    /// Orders the buckets by how many points they get, most first.
    fn order_buckets(&mut self) {
        let most = (1..=self.size as u32)
            .map(|bucket| count(&self.starts, bucket))
            .max()
            .unwrap_or(0) as usize;
        let mut places = vec![0u32; most + 2];
        for bucket in 1..=self.size as u32 {
            places[most - count(&self.starts, bucket) as usize + 1] += 1;
        }
        for at in 1..places.len() {
            places[at] += places[at - 1];
        }
        self.by_count.resize(self.size, 0);
        for bucket in 1..=self.size as u32 {
            let place = &mut places[most - count(&self.starts, bucket) as usize];
            self.by_count[*place as usize] = bucket;
            *place += 1;
        }
    }

    /// Fills `WIDTH` buckets at a time, those with about equally many points together.
    #[inline(always)]
    fn fill(&mut self, points: &[Niels]) {
        let rows = self.size / L::WIDTH;
        for group in self.by_count.chunks(L::WIDTH) {
            let longest = count(&self.starts, group[0]);
            let mut sum = Points::<L>::identity();
            for step in 0..longest {
                let mut chosen = [&Niels::IDENTITY; MOST];
                let mut negative = 0;
                for (lane, &bucket) in group.iter().enumerate() {
                    let place = self.starts[bucket as usize] + step;
                    if place < self.starts[bucket as usize + 1] {
                        let entry = self.sorted[place as usize];
                        chosen[lane] = &points[(entry >> 1) as usize];
                        negative |= (entry & 1) << lane;
                    }
                }
                sum = sum.add_stored(&chosen, negative);
            }
            let columns = sum.to_columns();
            for (lane, &bucket) in group.iter().enumerate() {
                let (row, place) = ((bucket as usize - 1) % rows, (bucket as usize - 1) / rows);
                for (to, from) in self.rows[row]
                    .iter_mut()
                    .flatten()
                    .zip(columns.iter().flatten())
                {
                    to[place] = from[lane];
                }
            }
        }
    }

    /// `Σ bucket number · bucket`, each lane over its own run of buckets, then over the lanes.
    #[inline(always)]
    fn reduce(&self) -> Points<L> {
        let (mut run, mut total) = (Points::<L>::identity(), Points::<L>::identity());
        for row in self.rows.iter().rev() {
            run = run.add(Points::from_columns(row));
            total = total.add(run);
        }
        let (runs, totals) = (run.to_columns(), total.to_columns());
        let mut sum = Points::<L>::identity();
        let mut suffix = Points::<L>::identity();
        for lane in (1..L::WIDTH).rev() {
            suffix = suffix.add(lane_to_front(&runs, lane));
            sum = sum.add(suffix);
        }
        sum = doubled(sum, self.rows.len().trailing_zeros() as usize);
        for lane in 0..L::WIDTH {
            sum = sum.add(lane_to_front(&totals, lane));
        }
        sum
    }
}

#[inline(always)]
fn count(starts: &[u32], bucket: u32) -> u32 {
    starts[bucket as usize + 1] - starts[bucket as usize]
}

/// The point of one lane, moved to lane 0 (the others hold nothing of use).
#[inline(always)]
fn lane_to_front<L: Lanes>(columns: &[Columns; 4], lane: usize) -> Points<L> {
    let front = columns.map(|coordinate| coordinate.map(|limb| [limb[lane]; MOST]));
    Points::from_columns(&front)
}
