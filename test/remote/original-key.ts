/** A key pair that the original made for these tests, and a token that it sent with it to 127.0.0.1. */
export const originalKey = {
  file: '{"d":"CJS8hU3YV58ww5pUh8dnX7XHA5q2271ry-F6pmLh5o4=","x":"4ophALSIaNUPvgEgUCZfErFPmYmLaBUGC7OjQ7ulfcwIlLyFTdhXnzDDmlSHx2dftccDmrbbvWvL4XqmYuHmjg==","kty":"OKP","crv":"Ed25519"}',
  publicKey: '12abp1adr1bpuc63j9a8fhr7buqse0sqmrdrqqubs5tacon1sq70',
  keyId: '37o6bu0lfij4ad2na4j28mp4jkan635tobhm09hpatb7m',
  token:
    'eyJhbGciOiJFZERTQSIsImRvbHRfdG9rZW5fdmVyc2lvbiI6IjIwMjMuMDEiLCJraWQiOiIzN282YnUwbGZpajRhZDJuYTRqMjhtcDRqa2FuNjM1dG9iaG0wOWhwYXRiN20ifQ.eyJhdWQiOlsiMTI3LjAuMC4xIl0sImV4cCI6MTc5NTcyODQ1NywiaXNzIjoiZG9sdC1jbGllbnQuZG9sdGh1Yi5jb20iLCJzdWIiOiJkb2x0Q2xpZW50Q3JlZGVudGlhbHMvMzdvNmJ1MGxmaWo0YWQybmE0ajI4bXA0amthbjYzNXRvYmhtMDlocGF0YjdtIn0.R7dldgv5OCA6dC6X_UXZ73XMO_q7FONNDJqToxXtWfDPb2EiDTFraepMC9mQeiacW_DDrFbKDws9eeZYA_S1Cg',
  tokenExpiresAt: 1795728457_000,
} as const;
