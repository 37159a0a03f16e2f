/** The part of node-forge 1.4 that rsn.ts uses. Its published types ask for Node's, which runtime/ must not see. */
declare module 'node-forge/lib/forge.js' {
  interface ByteBuffer {
    getBytes(): string;
  }
  interface Hmac {
    start(digest: 'sha1', key: string): void;
    update(bytes: string): void;
    digest(): ByteBuffer;
  }
  interface BlockCipher {
    readonly output: ByteBuffer;
    start(options: object): void;
    update(input: ByteBuffer): void;
    /** `pad` replaces PKCS#7 padding when it returns true. */
    finish(pad?: () => boolean): boolean;
  }
  const forge: {
    readonly hmac: { create(): Hmac };
    readonly pkcs5: { pbkdf2(password: string, salt: string, iterations: number, lengthBytes: number): string };
    readonly cipher: {
      createCipher(algorithm: 'AES-ECB', key: string): BlockCipher;
      createDecipher(algorithm: 'AES-ECB', key: string): BlockCipher;
    };
    readonly util: { createBuffer(bytes: string): ByteBuffer };
  };
  export default forge;
}
