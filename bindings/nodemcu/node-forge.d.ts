/** The parts of node-forge 1.4 that digest.ts uses. Its published types ask for Node's, which bindings must not see. */
declare module 'node-forge/lib/md5.js' {
  const md5: { create(): import('./digest.ts').MessageDigest };
  export default md5;
}
declare module 'node-forge/lib/sha1.js' {
  const sha1: { create(): import('./digest.ts').MessageDigest };
  export default sha1;
}
declare module 'node-forge/lib/sha256.js' {
  const sha256: { create(): import('./digest.ts').MessageDigest };
  export default sha256;
}
declare module 'node-forge/lib/sha512.js' {
  const sha512: {
    create(): import('./digest.ts').MessageDigest;
    readonly sha384: { create(): import('./digest.ts').MessageDigest };
  };
  export default sha512;
}
declare module 'node-forge/lib/cipher.js' {
  const cipher: {
    createCipher(algorithm: string, key: string): import('./aes.ts').BlockCipher;
    createDecipher(algorithm: string, key: string): import('./aes.ts').BlockCipher;
  };
  export default cipher;
}
declare module 'node-forge/lib/util.js' {
  const util: { createBuffer(bytes: string): import('./aes.ts').ByteBuffer };
  export default util;
}
