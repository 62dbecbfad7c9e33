//! Names in certificates, as Node prints them.

use std::ffi::{CString, c_long, c_ulong};

use aws_lc_sys as ffi;

use crate::Result;
use crate::der::{self, Reader};
use crate::failure::text_of;
use crate::owned::{Owned, release};
use crate::pkey::collect;

release!(X509_NAME, X509_NAME_free);
release!(ASN1_OBJECT, ASN1_OBJECT_free);

/// Lines of `C=..`.
pub const LINES: c_ulong = (ffi::ASN1_STRFLGS_ESC_2253
    | ffi::ASN1_STRFLGS_ESC_CTRL
    | ffi::ASN1_STRFLGS_UTF8_CONVERT
    | ffi::XN_FLAG_SEP_MULTILINE) as c_ulong
    | ffi::XN_FLAG_FN_SN as c_ulong;
/// RFC 2253, with letters beyond ASCII as they are.
const ONE_LINE: c_ulong = ffi::XN_FLAG_RFC2253 as c_ulong
    & !(ffi::ASN1_STRFLGS_ESC_MSB | ffi::ASN1_STRFLGS_ESC_CTRL) as c_ulong;

/// A name, from its DER.
pub fn print_name(name: &[u8], flags: c_ulong) -> Result<Option<String>> {
    let mut at = name.as_ptr();
    // SAFETY: reads within the slice, which is as long as is told.
    let object = unsafe { ffi::d2i_X509_NAME(std::ptr::null_mut(), &mut at, name.len() as c_long) };
    let object = Owned::of(object)?;
    let bytes = collect("Failed to print a name", |bio| {
        // SAFETY: the writer and the name are alive.
        let count = unsafe { ffi::X509_NAME_print_ex(bio, object.as_ptr(), 0, flags) };
        i32::from(count >= 0)
    })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok((!text.is_empty()).then_some(text))
}

/// An object identifier in numbers.
pub fn dotted(oid: &[u8]) -> String {
    let mut numbers: Vec<u128> = Vec::new();
    // Those of 2.25 are UUIDs (X.667).
    let mut number = 0u128;
    for &byte in oid {
        number = number << 7 | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.extend([first, number - first * 40]);
            } else {
                numbers.push(number);
            }
            number = 0;
        }
    }
    let texts: Vec<_> = numbers.iter().map(u128::to_string).collect();
    texts.join(".")
}

/// libcrypto's short and long name of an identifier; none where it does not know it.
pub fn known_names(oid: &[u8]) -> Option<(String, String)> {
    let text = CString::new(dotted(oid)).ok()?;
    // SAFETY: the text ends with a zero; what is given is ours.
    let object = Owned::of(unsafe { ffi::OBJ_txt2obj(text.as_ptr(), 1) }).ok()?;
    // SAFETY: the object is alive.
    let nid = unsafe { ffi::OBJ_obj2nid(object.as_ptr()) };
    if nid == ffi::NID_undef {
        return None;
    }
    // SAFETY: gives a constant, or null.
    let short = text_of(unsafe { ffi::OBJ_nid2sn(nid) })?;
    // SAFETY: gives a constant, or null.
    let long = text_of(unsafe { ffi::OBJ_nid2ln(nid) })?;
    Some((short, long))
}

/// A string of ASN.1.
fn string(tag: u8, bytes: &[u8]) -> String {
    const BMP: u8 = 30;
    const UNIVERSAL: u8 = 28;
    const UTF8: u8 = 12;
    match tag {
        UTF8 => String::from_utf8_lossy(bytes).into_owned(),
        BMP => {
            let units: Vec<_> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        UNIVERSAL => bytes
            .chunks_exact(4)
            .filter_map(|four| {
                char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
            })
            .collect(),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// The entries of a name: short name (or numbers) and value.
pub fn entries(name: &[u8]) -> Result<Vec<(String, String)>> {
    let mut list = Vec::new();
    let mut name = Reader::new(name).sequence()?;
    while !name.is_empty() {
        let (_, set) = name.next()?;
        let mut set = Reader::new(set);
        while !set.is_empty() {
            let mut entry = set.sequence()?;
            let oid = entry.expect(der::OID)?;
            let (tag, value) = entry.next()?;
            let key = known_names(oid).map_or_else(|| dotted(oid), |names| names.0);
            list.push((key, string(tag, value)));
        }
    }
    Ok(list)
}

/// Text that could be taken for something else is written as JSON does.
fn push_quoted(out: &mut String, prefix: &str, bytes: &[u8], is_utf8: bool) {
    let is_plain = |byte: u8| match is_utf8 {
        true => byte >= b' ' && byte != 0x7f,
        false => (b' '..=b'~').contains(&byte),
    };
    let is_safe = |byte: u8| is_plain(byte) && !matches!(byte, b'"' | b'\\' | b',' | b'\'');
    if bytes.iter().all(|&byte| is_safe(byte)) {
        out.push_str(prefix);
        out.push_str(&String::from_utf8_lossy(bytes));
        return;
    }
    let mut quoted = Vec::new();
    for &byte in bytes {
        match byte {
            b'\\' => quoted.extend(b"\\\\"),
            b'"' => quoted.extend(b"\\\""),
            // A comma parts names.
            _ if is_plain(byte) && byte != b',' => quoted.push(byte),
            _ => quoted.extend(format!("\\u{byte:04x}").bytes()),
        }
    }
    out.push('"');
    out.push_str(prefix);
    out.push_str(&String::from_utf8_lossy(&quoted));
    out.push('"');
}

/// One GeneralName (RFC 5280, 4.2.1.6).
pub fn push_general_name(out: &mut String, tag: u8, content: &[u8]) {
    match tag & 0x1f {
        0 => push_other_name(out, content),
        1 => {
            out.push_str("email:");
            push_quoted(out, "", content, false);
        }
        2 => {
            out.push_str("DNS:");
            push_quoted(out, "", content, false);
        }
        3 => out.push_str("X400Name:<unsupported>"),
        4 => {
            out.push_str("DirName:");
            let name = print_name(content, ONE_LINE).ok().flatten();
            push_quoted(out, "", name.unwrap_or_default().as_bytes(), true);
        }
        5 => out.push_str("EdiPartyName:<unsupported>"),
        6 => {
            out.push_str("URI:");
            push_quoted(out, "", content, false);
        }
        7 => push_address(out, content),
        8 => {
            out.push_str("Registered ID:");
            out.push_str(&dotted(content));
        }
        _ => out.push_str("<unsupported>"),
    }
}

fn push_address(out: &mut String, bytes: &[u8]) {
    out.push_str("IP Address:");
    match bytes.len() {
        4 => {
            let parts: Vec<_> = bytes.iter().map(u8::to_string).collect();
            out.push_str(&parts.join("."));
        }
        16 => {
            let parts: Vec<_> = bytes
                .chunks(2)
                .map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])))
                .collect();
            out.push_str(&parts.join(":"));
        }
        count => out.push_str(&format!("<invalid length={count}>")),
    }
}

/// Kinds of other names that have text: identifier, Node's word, tag of the text.
const OTHER_NAMES: &[(&str, &str, u8)] = &[
    ("1.3.6.1.5.5.7.8.9", "SmtpUTF8Mailbox", 12),
    ("1.3.6.1.5.5.7.8.5", "XmppAddr", 12),
    ("1.3.6.1.5.5.7.8.7", "SRVName", 22),
    ("1.3.6.1.4.1.311.20.2.3", "UPN", 12),
    ("1.3.6.1.5.5.7.8.8", "NAIRealm", 12),
];

fn push_other_name(out: &mut String, content: &[u8]) {
    out.push_str("othername:");
    match other_name(content) {
        Some((word, text, is_utf8)) => {
            push_quoted(out, &format!("{word}:"), text, is_utf8);
        }
        None => out.push_str("<unsupported>"),
    }
}

fn other_name(content: &[u8]) -> Option<(&'static str, &[u8], bool)> {
    let mut reader = Reader::new(content);
    let oid = dotted(reader.expect(der::OID).ok()?);
    let mut value = Reader::new(reader.expect(der::tagged(0)).ok()?);
    let (tag, text) = value.next().ok()?;
    let row = OTHER_NAMES
        .iter()
        .find(|row| row.0 == oid && row.2 == tag)?;
    Some((row.1, text, tag == 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_printed() {
        assert_eq!(
            dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]),
            "1.2.840.113549"
        );
        assert_eq!(dotted(&[0x88, 0x37]), "2.999");
        let mut uuid = vec![0x69, 0x83];
        uuid.resize(20, 0xff);
        uuid.push(0x7f);
        assert_eq!(dotted(&uuid), format!("2.25.{}", u128::MAX));
    }

    #[test]
    fn what_is_unsafe_is_quoted() {
        let print = |bytes: &[u8]| {
            let mut out = String::new();
            push_general_name(&mut out, 0x82, bytes);
            out
        };
        assert_eq!(print(b"good.example"), "DNS:good.example");
        assert_eq!(print(b"a, DNS:b"), "DNS:\"a\\u002c DNS:b\"");
        assert_eq!(print(b"a\0b"), "DNS:\"a\\u0000b\"");
    }
}
