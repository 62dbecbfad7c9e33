'use strict';

// What both ends know. The key is for measuring only: P-256, for localhost, made with openssl for a
// hundred years.

exports.BODY_BYTES = 65536;

exports.key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgLLRsQECHHujYfXpw
K44CBek8/xfWsFcokE/Ga9iSrWuhRANCAAR1XGnjbhysJmyGxiCVGdIoUUiO1un3
shsYH3tLguDbcoac3/toPynVY4WXlbL2AABFMDFMYmxTbg+C6KGlndn+
-----END PRIVATE KEY-----
`;

exports.cert = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUM7HvffGxv5CLZh4TDgF727zVeJowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjAzMDUyMloYDzIxMjYxMDI5
MDMwNTIyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR1XGnjbhysJmyGxiCVGdIoUUiO1un3shsYH3tLguDbcoac3/toPynV
Y4WXlbL2AABFMDFMYmxTbg+C6KGlndn+o28wbTAdBgNVHQ4EFgQUGDykctpJBbaa
/qrgpdwAix3yy5swHwYDVR0jBBgwFoAUGDykctpJBbaa/qrgpdwAix3yy5swDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAJ4Kt3nkwsd92olSSrcZp7fOkYoBD7EYIkF7VxWWP9z8AiEA
pm3zV+kyiCdho2MAKdU0zHsJ7resw54f6TXDbLbQ004=
-----END CERTIFICATE-----
`;
