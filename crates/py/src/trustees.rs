//! Ceremony, tally and the secret of a trustee: conversion only.

use crate::refuse;
use dauys_core::ceremony::{self, Attempt, Coded, Possession, WeakKey};
use dauys_core::error::Error;
use dauys_core::group::{POINT_BYTES, decode_point, decode_scalar, exactly};
use dauys_core::tally::{self, Partial, SumContext};
use dauys_core::{dlog, transcript};
use dauys_trustee::{envelope, secret};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// `(vote id, attempt, trustees, threshold, keys)`.
type AttemptArgs = (String, u32, u32, u32, u32);
/// `(root, wave hash, unit, contest, set)`.
type ContextArgs = (Vec<u8>, Vec<u8>, String, String, Vec<u8>);
/// `(D…, W₁, W₂, z)`, points joined.
type PartialArgs = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

fn attempt_of(args: &AttemptArgs) -> Attempt<'_> {
    Attempt {
        vote_id: &args.0,
        attempt: args.1,
        trustees: args.2,
        threshold: args.3,
        keys: args.4,
    }
}

fn coded(joined: &[u8]) -> Result<Vec<Coded>, Error> {
    joined.chunks(POINT_BYTES).map(Coded::decode).collect()
}

fn joined(points: &[Coded]) -> Vec<u8> {
    points.iter().flat_map(|point| point.bytes).collect()
}

fn parse_partial(args: &PartialArgs) -> Result<Partial, Error> {
    Ok(Partial {
        d: coded(&args.0)?,
        w1: Coded::decode(&args.1)?,
        w2: Coded::decode(&args.2)?,
        z: decode_scalar(&args.3)?,
    })
}

struct Context {
    root: [u8; 64],
    wave: [u8; 64],
    unit: String,
    contest: String,
    set: [u8; 64],
}

impl Context {
    fn parse(args: ContextArgs) -> Result<Self, Error> {
        Ok(Self {
            root: exactly(&args.0)?,
            wave: exactly(&args.1)?,
            unit: args.2,
            contest: args.3,
            set: exactly(&args.4)?,
        })
    }

    fn view(&self) -> SumContext<'_> {
        SumContext {
            root: &self.root,
            wave: &self.wave,
            unit: &self.unit,
            contest: &self.contest,
            set: &self.set,
        }
    }
}

/// `H(dauys/v1/<usage>, parts…)`, 64 bytes.
#[pyfunction]
fn framed_hash<'py>(py: Python<'py>, usage: &str, parts: Vec<Vec<u8>>) -> Bound<'py, PyBytes> {
    let found = transcript::hash_list(usage, &[], parts.iter());
    PyBytes::new(py, &found)
}

/// Return nothing if the signature holds by the strict rule; the words are length, key, signature.
#[pyfunction]
fn verify_signature(key: &[u8], message: &[u8], signature: &[u8]) -> PyResult<()> {
    dauys_core::ed25519::verify(key, message, signature).map_err(refuse)
}

/// The place of the first 32 bytes that are no canonical point, or None.
#[pyfunction]
fn bad_point(points: &[u8]) -> Option<usize> {
    let parts = points.chunks(POINT_BYTES);
    parts
        .enumerate()
        .find_map(|(place, part)| decode_point(part).is_err().then_some(place))
}

/// Return nothing if these are the 32 bytes of a canonical scalar.
#[pyfunction]
fn check_scalar(data: &[u8]) -> PyResult<()> {
    decode_scalar(data).map(drop).map_err(refuse)
}

/// Return nothing if the proof of possession holds; `commitments` are points joined, in order of key, then coefficient.
#[pyfunction]
fn verify_possession(
    py: Python<'_>,
    attempt: AttemptArgs,
    number: u32,
    commitments: Vec<u8>,
    w: Vec<u8>,
    y: Vec<u8>,
) -> PyResult<()> {
    py.detach(|| {
        let proof = Possession {
            w: Coded::decode(&w)?,
            y: decode_scalar(&y)?,
        };
        ceremony::verify_possession(&attempt_of(&attempt), number, &coded(&commitments)?, &proof)
    })
    .map_err(refuse)
}

/// Position keys joined, and for each trustee its verification keys joined.
#[pyfunction]
fn public_keys(
    py: Python<'_>,
    attempt: AttemptArgs,
    all: Vec<Vec<u8>>,
) -> PyResult<(Vec<u8>, Vec<Vec<u8>>)> {
    py.detach(|| {
        let all = all
            .iter()
            .map(|list| coded(list))
            .collect::<Result<Vec<_>, _>>()?;
        let public = ceremony::public_keys(&attempt_of(&attempt), &all)?;
        let verification = public.verification.iter().map(|keys| joined(keys));
        Ok((joined(&public.keys), verification.collect()))
    })
    .map_err(refuse)
}

/// None, or the first fault: `(key, None)` for one that is the identity or ±B, `(key, key)` for two equal or opposite.
#[pyfunction]
fn weak_key(keys: &[u8]) -> PyResult<Option<(usize, Option<usize>)>> {
    let found = ceremony::weak_key(&coded(keys).map_err(refuse)?);
    Ok(found.map(|fault| match fault {
        WeakKey::Alone(key) => (key, None),
        WeakKey::Pair(key, other) => (key, Some(other)),
    }))
}

/// Return nothing if the share for trustee `number` that opens with a published identity is good.
#[pyfunction]
fn judge_share(
    py: Python<'_>,
    identity: &str,
    attempt: AttemptArgs,
    number: u32,
    commitments: Vec<u8>,
    cipher: Vec<u8>,
) -> PyResult<()> {
    py.detach(|| {
        let list = coded(&commitments)?;
        secret::judge_share(identity, &attempt_of(&attempt), number, &list, &cipher)
    })
    .map_err(refuse)
}

/// The age recipient of a published identity.
#[pyfunction]
fn recipient_of(identity: &str) -> PyResult<String> {
    envelope::recipient_of(identity).map_err(refuse)
}

/// Return nothing if this is an age X25519 recipient in its one form.
#[pyfunction]
fn check_recipient(recipient: &str) -> PyResult<()> {
    envelope::check_recipient(recipient).map_err(refuse)
}

/// Return nothing if this looks like an age file of one recipient with the shares of `keys` keys, by its length.
#[pyfunction]
fn check_share_length(cipher: &[u8], keys: usize) -> PyResult<()> {
    envelope::check_length(cipher, keys.saturating_mul(32)).map_err(refuse)
}

/// Encrypt public or test data to an age recipient; shares are encrypted inside `TrusteeSecret`.
#[pyfunction]
fn encrypt_to(recipient: &str, plain: &[u8]) -> PyResult<Vec<u8>> {
    envelope::encrypt(recipient, plain).map_err(refuse)
}

/// Return nothing if the partial decryption's proof holds.
#[pyfunction]
fn verify_partial(
    py: Python<'_>,
    context: ContextArgs,
    number: u32,
    verification: Vec<u8>,
    a: Vec<u8>,
    partial: PartialArgs,
) -> PyResult<()> {
    py.detach(|| {
        let context = Context::parse(context)?;
        let (keys, a) = (coded(&verification)?, Coded::decode(&a)?);
        tally::verify_partial(
            &context.view(),
            number,
            &keys,
            &a,
            &parse_partial(&partial)?,
        )
    })
    .map_err(refuse)
}

/// The totals of a sum from verified partial decryptions `(number, D joined)`.
#[pyfunction]
fn combine(
    py: Python<'_>,
    parts: Vec<(u32, Vec<u8>)>,
    e: Vec<u8>,
    ballots: u64,
) -> PyResult<Vec<u64>> {
    py.detach(|| {
        let decode = |(number, d): &(u32, Vec<u8>)| Ok((*number, coded(d)?));
        let parts: Vec<(u32, Vec<Coded>)> = parts.iter().map(decode).collect::<Result<_, _>>()?;
        let views: Vec<(u32, &[Coded])> = parts.iter().map(|(n, d)| (*n, d.as_slice())).collect();
        let e: Vec<_> = coded(&e)?.iter().map(|point| point.point).collect();
        tally::combine(&views, &e, ballots)
    })
    .map_err(refuse)
}

/// The n between 0 and `bound` with n·B = the point.
#[pyfunction]
fn small_log(py: Python<'_>, point: &[u8], bound: u64) -> PyResult<u64> {
    let point = decode_point(point).map_err(refuse)?;
    py.detach(|| dlog::small_log(&point, bound)).map_err(refuse)
}

/// A trustee's secret. Nothing of it can be read from Python but what is published anyway.
#[pyclass(module = "dauys._core")]
struct TrusteeSecret(secret::Secret);

#[pymethods]
impl TrusteeSecret {
    #[staticmethod]
    fn create() -> PyResult<Self> {
        secret::Secret::create().map(Self).map_err(refuse)
    }

    #[staticmethod]
    fn open(py: Python<'_>, sealed: Vec<u8>, passphrase: &str) -> PyResult<Self> {
        py.detach(|| secret::Secret::open(&sealed, passphrase))
            .map(Self)
            .map_err(refuse)
    }

    fn for_next_vote(&self) -> PyResult<Self> {
        self.0.for_next_vote().map(Self).map_err(refuse)
    }

    #[pyo3(signature = (passphrase, work=None))]
    fn seal(&self, py: Python<'_>, passphrase: &str, work: Option<u8>) -> PyResult<Vec<u8>> {
        py.detach(|| self.0.seal(passphrase, work)).map_err(refuse)
    }

    fn public_key(&self) -> PyResult<[u8; 32]> {
        self.0.public_key().map_err(refuse)
    }

    fn sign<'py>(&self, py: Python<'py>, message: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let hash = exactly(message).map_err(refuse)?;
        let signature = self.0.sign(&hash).map_err(refuse)?;
        Ok(PyBytes::new(py, &signature))
    }

    fn new_identity(&mut self) -> PyResult<String> {
        self.0.new_identity().map_err(refuse)
    }

    fn publish_identity(&self) -> PyResult<String> {
        self.0.publish_identity().map_err(refuse)
    }

    /// `(commitments joined, W, y, [(number, age file)])`.
    #[allow(clippy::type_complexity)] // one tuple, taken apart at its only call
    fn deal(
        &mut self,
        py: Python<'_>,
        attempt: AttemptArgs,
        number: u32,
        recipients: Vec<String>,
    ) -> PyResult<(Vec<u8>, Vec<u8>, Vec<u8>, Vec<(u32, Vec<u8>)>)> {
        let found = py
            .detach(|| self.0.deal(&attempt_of(&attempt), number, &recipients))
            .map_err(refuse)?;
        let possession = found.possession;
        Ok((
            joined(&found.commitments),
            possession.w.bytes.to_vec(),
            possession.y.to_bytes().to_vec(),
            found.shares,
        ))
    }

    fn check_share(
        &self,
        py: Python<'_>,
        attempt: AttemptArgs,
        number: u32,
        commitments: Vec<u8>,
        cipher: Vec<u8>,
    ) -> PyResult<()> {
        py.detach(|| {
            let list = coded(&commitments)?;
            self.0
                .check_share(&attempt_of(&attempt), number, &list, &cipher)
        })
        .map_err(refuse)
    }

    fn finish(
        &mut self,
        py: Python<'_>,
        attempt: AttemptArgs,
        number: u32,
        ciphers: Vec<Vec<u8>>,
        verification: Vec<u8>,
    ) -> PyResult<()> {
        py.detach(|| {
            let views: Vec<&[u8]> = ciphers.iter().map(Vec::as_slice).collect();
            let keys = coded(&verification)?;
            self.0.finish(&attempt_of(&attempt), number, &views, &keys)
        })
        .map_err(refuse)
    }

    /// `(D joined, W₁, W₂, z)` for a sum whose keys are `first, first+1, …`.
    fn partial(
        &self,
        py: Python<'_>,
        context: ContextArgs,
        number: u32,
        first: usize,
        verification: Vec<u8>,
        a: Vec<u8>,
    ) -> PyResult<PartialArgs> {
        py.detach(|| {
            let context = Context::parse(context)?;
            let (keys, a) = (coded(&verification)?, Coded::decode(&a)?);
            let made = self.0.partial(&context.view(), number, first, &keys, &a)?;
            let (w1, w2) = (made.w1.bytes.to_vec(), made.w2.bytes.to_vec());
            Ok((joined(&made.d), w1, w2, made.z.to_bytes().to_vec()))
        })
        .map_err(refuse)
    }

    fn has_keys(&self) -> bool {
        self.0.has_keys()
    }

    fn has_identity(&self) -> bool {
        self.0.has_identity()
    }

    fn note<'py>(&self, py: Python<'py>, name: &str) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.note(name))
    }

    fn set_note(&mut self, name: &str, data: &[u8]) {
        self.0.set_note(name, data);
    }

    fn __repr__(&self) -> &'static str {
        "TrusteeSecret(sealed)"
    }
}

/// Adds everything of this file to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TrusteeSecret>()?;
    module.add_function(wrap_pyfunction!(framed_hash, module)?)?;
    module.add_function(wrap_pyfunction!(verify_signature, module)?)?;
    module.add_function(wrap_pyfunction!(bad_point, module)?)?;
    module.add_function(wrap_pyfunction!(check_scalar, module)?)?;
    module.add_function(wrap_pyfunction!(verify_possession, module)?)?;
    module.add_function(wrap_pyfunction!(public_keys, module)?)?;
    module.add_function(wrap_pyfunction!(weak_key, module)?)?;
    module.add_function(wrap_pyfunction!(judge_share, module)?)?;
    module.add_function(wrap_pyfunction!(recipient_of, module)?)?;
    module.add_function(wrap_pyfunction!(check_recipient, module)?)?;
    module.add_function(wrap_pyfunction!(check_share_length, module)?)?;
    module.add_function(wrap_pyfunction!(encrypt_to, module)?)?;
    module.add_function(wrap_pyfunction!(verify_partial, module)?)?;
    module.add_function(wrap_pyfunction!(combine, module)?)?;
    module.add_function(wrap_pyfunction!(small_log, module)?)?;
    module.add_function(wrap_pyfunction!(
        crate::measure::measure_decryption,
        module
    )?)?;
    Ok(())
}
