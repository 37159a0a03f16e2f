/**
 * What the firmware's own mbed TLS 2.16.3 sent, compiled with its user_mbedtls.h and random bytes that count up from 0:
 * recorded against the server of this project. Nobody else speaks all of these suites.
 */
import t from 'tap';
import { Rng, toLatin1 } from '../../runtime/core/index.ts';
import { clientHello } from '../../runtime/tls/client-hello.ts';
import { SUITES, suiteName, TlsServer } from '../../runtime/tls/index.ts';
import { emitTlsMessage, emitTlsRecord, parseTlsRecord, TLS_1_2, tlsRecordLength } from '../../runtime/wire/index.ts';
import { identityFor } from '../../runtime/world/tls-identity.ts';
import { bytes } from '../helpers/bytes.ts';

/** The same in every conversation. */
const HELLO = bytes(
  '16030300bc010000b80303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000052c02cc030009fc0adc0' +
    '9fc024c028006bc00ac0140039c0afc0a3c087c08bc07dc073c07700c40088c02bc02f009ec0acc09ec023c0270067c009c0130033c0ae' +
    'c0a2c086c08ac07cc072c07600be004500ff0100003d000d0012001006030601050305010403040103030301000a000c000a0018001b00' +
    '170016001a000b000201000001000104001600000017000000230000',
);

/** Key exchange, ChangeCipherSpec, Finished and a request, by suite. */
const REST: readonly (readonly [suite: number, hex: string])[] = [
  [
    0xc02c,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d977140303000101160303002800000000000000006403db4fc69139fc22066fcf6cc9' +
      'da4f719bd71ebe8b5f235dc2e0684c0fe0f0170303002a0000000000000001b8797232049c5b3d85ef354395659d6791ace9b2c60685' +
      'c5c91922e9eedd280e91b1',
  ],
  [
    0xc024,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d9771403030001011603030060808182838485868788898a8b8c8d8e8fed11f29799a5' +
      'd7ad59362ea96813026db32d99b9e5b94ec95887d79643165993d8d10f6416f26b29c36c6ecaafff4d2438ab560bd13bf12c61eb0f89' +
      'ea7c6621d1b4c7c7902b92eac1df1341bfc5e6c01703030060909192939495969798999a9b9c9d9e9f91d1f1b760a8b69abb03379a06' +
      '0211f6574686bb32f7a8c7a312ac3e6c422e9c189627ae80a320fa81898c7f148dc1e776f5c4ca2ed8d77fb335176f27540721831330' +
      '9e610bc1e982ed47060e3abd3c',
  ],
  [
    0xc028,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d9771403030001011603030060808182838485868788898a8b8c8d8e8f23df507260ea' +
      'fed743d45d4bb021590039953c7a386d1451ff952428a39903e6d2bc9216a062365fc4e195bd11b9ae8c357b54c8d32a68e816151f7a' +
      '0805ffcfa994f58a95a3e2eefd16cbccb10cd0ce1703030060909192939495969798999a9b9c9d9e9fd5bb61a54da7cb8637fac6f144' +
      '4294d04873b948504faad2b88461297e403ad5d42ff5d93d09f6a0d61200d31f7369b9caa51976f65cee3b7295d977a7ed5b459fd102' +
      '36377d22504b41baf709cc67fc',
  ],
  [
    0xc0af,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d97714030300010116030300200000000000000000d453dbbdb6623eed6207f09c21fd' +
      'ae533734387e442b2aa517030300220000000000000001c4462cbdce2611c7037433c9ad2aa52455952ea2cb274fd7f4f3',
  ],
  [
    0xc087,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d97714030300010116030300280000000000000000dca36dc7e8d3c7ee59b2887459c5' +
      '240a63a2904ad7d12511c46a13c2bd46ec16170303002a000000000000000160aa8a01d0d048777e68646e06e57884ed38274d2ec7ca' +
      '7f0edca4af143d0d64820a',
  ],
  [
    0xc073,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d9771403030001011603030060808182838485868788898a8b8c8d8e8ff40fdddb60e4' +
      '9b5364395d8a1d14feb1452f4f9cc19eb76d70b28d6a315a4cf8cb6064401f4e76f13b9d7b0adbda3370296747ee69fd734baeb5f5e4' +
      '60df39e462e467b66b42b105b0d063d4e66902421703030060909192939495969798999a9b9c9d9e9f7d9a634de7ccf6d52192ece60f' +
      '65a48270dfa86d4a8bf05444ad00dd1201cb98dd5cda2d72478d8b8f8490c4eecf0e1e42a00252481e5326eb9f9a552323811cb8f4ca' +
      '9a0a15752147c54746dbbd2221',
  ],
  [
    0x009e,
    '1603030106100001020100bc31f64a97b35d15430ba7d5168c46bcc5e61304942867d2afc612c0d5560320bb467b3fb8f2cb00cd0373' +
      'ef0faf13e306eb0d702d44a244402b981cd521b29066043c61f5051adef0d6a2c261e5bb7bd1fbd3d8c002f5dea652c6587ee3a30c9d' +
      '1a24e02c30916e28172a6f8c7a25bd8abe1bf901e8187f66a9b9bdcde207b4f92fe74af6115b45e9dfe7d631373534ff01ecbaecfb1d' +
      'c6758c71c7cb07480ff00f4177a017db44a8a0b9c5cc28739ea56ab2bff65aacc4c9bbf97e45934d695688d3e2ad472b098f58492b5f' +
      'aa66da5bb373b1133c1923bf86249aa2ab04f29a24251bb4dbf6189c781fdf73018a04685c4d5a3ff6dc6c9cdee54ab7ba1e01140303' +
      '00010116030300280000000000000000d60925cd3b3f93643b914bb88cb8b9b98767aaac4859c08450d4cec0201d9624170303002a00' +
      '00000000000001da3cf1ceb3234cb177994682009e53fe5c9bbcda745ca7f5633a00549665f08e1bd4',
  ],
  [
    0xc0ac,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d9771403030001011603030028000000000000000013f08c0539d1cf7dc2eaa68d0f9e' +
      '130ec97588f827768ab53c57c462e373556b170303002a00000000000000014bc2976808ba83f95bc540f0649fcb82c08bc5760f8dbf' +
      '0a0ddddf6204e5c8af450f',
  ],
  [
    0xc08a,
    '1603030046100000424104c6559d416dfb56af714f146d917c24abf818b2fb121604129649848230a2d258b2a6d82dc6c6734cf092ff' +
      'aa9fc012f10f7008d3952a08d5797e85feaba5d9771403030001011603030028000000000000000023032018207fe43a6d3cb4e6675b' +
      'f9d5cdffd5a91ac1da2713eb87f573aa5e93170303002a0000000000000001c2a9a6a079a3facb51e2f331059b8e45743ce8eeb10493' +
      'de1adf88ce9449b53f04cc',
  ],
  [
    0xc07c,
    '1603030106100001020100bc31f64a97b35d15430ba7d5168c46bcc5e61304942867d2afc612c0d5560320bb467b3fb8f2cb00cd0373' +
      'ef0faf13e306eb0d702d44a244402b981cd521b29066043c61f5051adef0d6a2c261e5bb7bd1fbd3d8c002f5dea652c6587ee3a30c9d' +
      '1a24e02c30916e28172a6f8c7a25bd8abe1bf901e8187f66a9b9bdcde207b4f92fe74af6115b45e9dfe7d631373534ff01ecbaecfb1d' +
      'c6758c71c7cb07480ff00f4177a017db44a8a0b9c5cc28739ea56ab2bff65aacc4c9bbf97e45934d695688d3e2ad472b098f58492b5f' +
      'aa66da5bb373b1133c1923bf86249aa2ab04f29a24251bb4dbf6189c781fdf73018a04685c4d5a3ff6dc6c9cdee54ab7ba1e01140303' +
      '00010116030300280000000000000000d90569b933680d540f4d014324e0a46c5bb24e0d4016c230e49a86e91d1c8fd0170303002a00' +
      '00000000000001f9c128a7b435a13eed49245463a9db4b9ae86851180c16fbdabbd27b17c39d203d76',
  ],
];

t.test('the ClientHello is the firmware’s, byte for byte', async (t) => {
  const random = Uint8Array.from({ length: 32 }, (_, i) => i);
  const message = emitTlsMessage({ type: 1, body: clientHello(random) });
  t.same(emitTlsRecord({ type: 22, version: TLS_1_2, payload: message }), HELLO);
});

t.test('the server understands the firmware’s code in suites of every kind', async (t) => {
  for (const [id, hex] of REST) {
    const suite = SUITES.find((known) => known.id === id);
    const told: string[] = [];
    const identity = identityFor(['tls.test'], suite?.exchange === 'ECDHE-ECDSA' ? 'good' : 'rsa');
    const server = new TlsServer(
      { rng: new Rng(1), transmit: () => {} },
      { ...identity, suites: [id] },
      {
        onOpen: () => told.push('open'),
        onData: (data) => told.push(toLatin1(data)),
        onFail: (reason) => told.push(reason),
      },
    );
    server.receive(HELLO);
    // close_notify, the last record, comes after the server's own end.
    let rest = bytes(hex);
    for (let record = parseTlsRecord(rest); record.ok && told.length < 2; record = parseTlsRecord(rest)) {
      server.receive(rest.slice(0, tlsRecordLength(record.value)));
      rest = rest.subarray(tlsRecordLength(record.value));
    }
    t.same(told, ['open', 'GET / HTTP/1.0\r\n\r\n'], suite === undefined ? 'unknown' : suiteName(suite));
  }
});
