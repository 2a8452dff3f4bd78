#!/usr/bin/env python3
# gcrypt-signatures.py - makes gcrypt-signatures.txt anew, with keys that nobody keeps, by libgcrypt itself: signatures as Guix's
# (guix pki) has them made. Each line: what it is, the public key, the digest, the signature, which are in base64.
import base64, ctypes, hashlib

gcrypt = ctypes.CDLL('libgcrypt.so.20')
gcrypt.gcry_check_version.restype = ctypes.c_char_p
gcrypt.gcry_check_version(None)
gcrypt.gcry_control(38, 0)  # GCRYCTL_INITIALIZATION_FINISHED
gcrypt.gcry_sexp_find_token.restype = ctypes.c_void_p
CANONICAL, ADVANCED = 1, 3


def parse(text):
    result = ctypes.c_void_p()
    assert gcrypt.gcry_sexp_sscan(ctypes.byref(result), None, text, ctypes.c_size_t(len(text))) == 0, text
    return result


def write(expression, form):
    size = gcrypt.gcry_sexp_sprint(expression, form, None, ctypes.c_size_t(0))
    buffer = ctypes.create_string_buffer(size + 1)
    size = gcrypt.gcry_sexp_sprint(expression, form, buffer, ctypes.c_size_t(size + 1))
    return buffer.raw[:size]


def key(kind):
    result = ctypes.c_void_p()
    assert gcrypt.gcry_pk_genkey(ctypes.byref(result), parse(kind)) == 0
    return [ctypes.c_void_p(gcrypt.gcry_sexp_find_token(result, part, ctypes.c_size_t(0))) for part in (b'public-key', b'private-key')]


def sign(name, kind, flags, digest, form):
    public, private = key(kind)
    data = parse(b'(data (flags %s) (hash sha256 #%s#))' % (flags, digest.hex().encode()))
    value = ctypes.c_void_p()
    assert gcrypt.gcry_pk_sign(ctypes.byref(value), data, private) == 0
    assert gcrypt.gcry_pk_verify(value, data, public) == 0
    whole = parse(b'(signature ' + b''.join(write(part, CANONICAL) for part in (data, value, public)) + b')')
    print(name, *(base64.b64encode(part).decode() for part in (write(public, form), digest, write(whole, form))))


ED25519, RSA = b'(genkey (ecdsa (curve Ed25519) (flags rfc6979)))', b'(genkey (rsa (nbits 4:2048)))'
# A path of a store with its archive's hash, as far as it is signed; the archive is of the file "hello, closure\n".
narinfo = b'''StorePath: /gnu/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-hello
NarHash: sha256:16i3cr3qkkd5svsmwcb7h061r0kcy2kb4yk058rdq4xxmd3pfymk
NarSize: 128
References:\x20
'''
sign('narinfo', ED25519, b'rfc6979', hashlib.sha256(narinfo).digest(), ADVANCED)
sign('narinfo-rsa', RSA, b'pkcs1', hashlib.sha256(narinfo).digest(), ADVANCED)
sign('zeros', ED25519, b'rfc6979', bytes(32), CANONICAL)
sign('ones', ED25519, b'rfc6979', b'\xff' * 32, CANONICAL)
for i in range(6):
    sign(f'text-{i}', ED25519, b'rfc6979', hashlib.sha256(b'%d' % i).digest(), CANONICAL if i % 2 else ADVANCED)
