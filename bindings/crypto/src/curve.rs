//! Diffie-Hellman over elliptic curves: curves by name, keys, points, shared secrets.

use std::ffi::CString;

use aws_lc_sys as ffi;

use crate::number::{Number, bytes_of};
use crate::owned::{Owned, release};
use crate::{Failure, Result, failure};

release!(EC_KEY, EC_KEY_free);
release!(EC_POINT, EC_POINT_free);

/// How a point is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Compressed,
    Uncompressed,
    Hybrid,
}

/// One side of an exchange over a curve.
pub struct CurveKey(Owned<ffi::EC_KEY>);

/// A point of some curve.
pub struct Point(Owned<ffi::EC_POINT>);

/// libcrypto's number of a curve, by OpenSSL's name or NIST's.
fn curve_of(name: &str) -> Option<i32> {
    let name = CString::new(name).ok()?;
    // SAFETY: the text ends with a zero.
    let nist = unsafe { ffi::EC_curve_nist2nid(name.as_ptr()) };
    if nist != ffi::NID_undef {
        return Some(nist);
    }
    // SAFETY: as above.
    let nid = unsafe { ffi::OBJ_sn2nid(name.as_ptr()) };
    (nid != ffi::NID_undef).then_some(nid)
}

impl CurveKey {
    /// Without a key yet. None: there is no such curve.
    pub fn of_curve(name: &str) -> Result<Option<CurveKey>> {
        let Some(nid) = curve_of(name) else {
            return Ok(None);
        };
        // SAFETY: what it gives is ours; null where the number is of no curve.
        let key = Owned::of(unsafe { ffi::EC_KEY_new_by_curve_name(nid) });
        match key {
            Ok(key) => Ok(Some(CurveKey(key))),
            Err(Failure::Library { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub fn generate(&mut self) -> Result<()> {
        // SAFETY: the key is live.
        let done = unsafe { ffi::EC_KEY_generate_key(self.0.as_mut_ptr()) };
        failure::check(done, "Failed to generate key")
    }

    fn group(&self) -> *const ffi::EC_GROUP {
        // SAFETY: the key is live, and its curve as long as it.
        unsafe { ffi::EC_KEY_get0_group(self.0.as_ptr()) }
    }

    /// None: the bytes are of no point of this curve.
    pub fn point(&self, bytes: &[u8]) -> Result<Option<Point>> {
        let mut point = self.empty_point()?;
        // SAFETY: point and curve are live; the slice is as long as is told.
        let done = unsafe {
            ffi::EC_POINT_oct2point(
                self.group(),
                point.0.as_mut_ptr(),
                bytes.as_ptr(),
                bytes.len(),
                std::ptr::null_mut(),
            )
        };
        Ok(failure::check(done, "").is_ok().then_some(point))
    }

    fn empty_point(&self) -> Result<Point> {
        // SAFETY: the curve is live; what it gives is ours.
        Owned::of(unsafe { ffi::EC_POINT_new(self.group()) }).map(Point)
    }

    /// A point of this curve as bytes.
    pub fn bytes_of(&self, point: &Point, form: Form) -> Result<Vec<u8>> {
        self.write(point.0.as_ptr(), form)
    }

    fn write(&self, point: *const ffi::EC_POINT, form: Form) -> Result<Vec<u8>> {
        // AWS-LC writes no hybrid form, which is the uncompressed one with a sign (SEC 1, 2.3.3).
        let code = match form {
            Form::Compressed => ffi::point_conversion_form_t::POINT_CONVERSION_COMPRESSED,
            Form::Uncompressed | Form::Hybrid => {
                ffi::point_conversion_form_t::POINT_CONVERSION_UNCOMPRESSED
            }
        };
        let mut bytes = vec![0; POINT_BYTES_MAX];
        // SAFETY: point and curve are live; there is as much room as is told.
        let count = unsafe {
            ffi::EC_POINT_point2oct(
                self.group(),
                point,
                code,
                bytes.as_mut_ptr(),
                bytes.len(),
                std::ptr::null_mut(),
            )
        };
        if count == 0 {
            return Err(Failure::of_queue("Failed to write the point"));
        }
        bytes.truncate(count);
        if form == Form::Hybrid {
            bytes[0] = 6 | (bytes[count - 1] & 1);
        }
        Ok(bytes)
    }

    /// Ok(None): there is no key.
    pub fn public_key(&self, form: Form) -> Result<Option<Vec<u8>>> {
        // SAFETY: the key is live; its point too, or null.
        let point = unsafe { ffi::EC_KEY_get0_public_key(self.0.as_ptr()) };
        match point.is_null() {
            true => Ok(None),
            false => self.write(point, form).map(Some),
        }
    }

    /// As few bytes as it takes.
    pub fn private_key(&self) -> Option<Vec<u8>> {
        // SAFETY: the key is live; its number too, or null.
        let number = unsafe { ffi::EC_KEY_get0_private_key(self.0.as_ptr()) };
        (!number.is_null()).then(|| bytes_of(number))
    }

    /// Replaces both halves of the key. False: it is no key of this curve; nothing has changed.
    pub fn set_private_key(&mut self, bytes: &[u8]) -> Result<bool> {
        let number = Number::new(bytes)?;
        // SAFETY: the curve is live, and its order as long as it.
        let order = unsafe { ffi::EC_GROUP_get0_order(self.group()) };
        let order = Number::new(&bytes_of(order))?;
        if number < Number::of_u64(1)? || number >= order {
            return Ok(false);
        }
        let mut point = self.empty_point()?;
        // SAFETY: all are live; the point becomes number times generator.
        let done = unsafe {
            ffi::EC_POINT_mul(
                self.group(),
                point.0.as_mut_ptr(),
                number.as_ptr(),
                std::ptr::null(),
                std::ptr::null(),
                std::ptr::null_mut(),
            )
        };
        failure::check(done, "Failed to make the public key")?;
        // SAFETY: both are live; the number is copied.
        let done = unsafe { ffi::EC_KEY_set_private_key(self.0.as_mut_ptr(), number.as_ptr()) };
        failure::check(done, "Failed to set the private key")?;
        self.set_public_key(&point).map(|()| true)
    }

    pub fn set_public_key(&mut self, point: &Point) -> Result<()> {
        // SAFETY: both are live; the point is copied.
        let done = unsafe { ffi::EC_KEY_set_public_key(self.0.as_mut_ptr(), point.0.as_ptr()) };
        failure::check(done, "Failed to set the public key")
    }

    /// Do its halves belong together?
    pub fn is_valid(&self) -> bool {
        // SAFETY: reads a live key.
        let done = unsafe { ffi::EC_KEY_check_key(self.0.as_ptr()) };
        failure::check(done, "").is_ok()
    }

    /// As many bytes as the curve's field has.
    pub fn secret(&self, other: &Point) -> Result<Vec<u8>> {
        // SAFETY: the curve is live.
        let bits = unsafe { ffi::EC_GROUP_get_degree(self.group()) };
        let mut secret = vec![0; bits.div_ceil(8) as usize];
        // SAFETY: both are live; there is as much room as is told; nothing is called back.
        let count = unsafe {
            ffi::ECDH_compute_key(
                secret.as_mut_ptr().cast(),
                secret.len(),
                other.0.as_ptr(),
                self.0.as_ptr(),
                None,
            )
        };
        match usize::try_from(count) {
            Ok(count) if count > 0 => Ok(secret),
            _ => Err(Failure::of_queue("Failed to compute ECDH key")),
        }
    }
}

/// The longest point, of P-521, uncompressed.
const POINT_BYTES_MAX: usize = 1 + 2 * 66;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_the_same_secret() {
        for name in crate::pkey::curve_names() {
            let side = || {
                CurveKey::of_curve(name)
                    .expect("no failure")
                    .expect("a curve")
            };
            let (mut one, mut other) = (side(), side());
            one.generate().expect("a key");
            other.generate().expect("a key");
            for form in [Form::Compressed, Form::Uncompressed] {
                let public = other.public_key(form).expect("bytes").expect("a key");
                let point = one.point(&public).expect("no failure").expect("a point");
                let bytes = one.public_key(form).expect("bytes").expect("a key");
                let of_one = other.point(&bytes).expect("no failure").expect("a point");
                assert_eq!(one.secret(&point), other.secret(&of_one));
            }
            let mut copy = side();
            let private = one.private_key().expect("a key");
            assert_eq!(copy.set_private_key(&private), Ok(true));
            assert!(copy.is_valid());
            assert_eq!(copy.public_key(Form::Hybrid), one.public_key(Form::Hybrid));
        }
    }

    #[test]
    fn what_is_of_no_curve_is_refused() {
        let mut key = CurveKey::of_curve("P-256")
            .expect("no failure")
            .expect("a curve");
        assert_eq!(key.set_private_key(&[0; 32]), Ok(false));
        assert_eq!(key.set_private_key(&[255; 32]), Ok(false));
        assert!(key.point(&[4; 65]).expect("no failure").is_none());
        assert!(
            CurveKey::of_curve("rsaEncryption")
                .expect("no failure")
                .is_none()
        );
        assert!(CurveKey::of_curve("none").expect("no failure").is_none());
    }
}
