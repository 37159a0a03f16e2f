import { inflateSync } from 'node:zlib';
import t from 'tap';
import { us, VirtualClock } from '../../runtime/core/index.ts';
import { ColorDisplay, Hardware, type PinWire } from '../../runtime/hardware/index.ts';

function make() {
  const part = new ColorDisplay('st7735', { cs: 8, dc: 4 });
  let dc: PinWire | undefined;
  const board = new Hardware(new VirtualClock(), {
    connect: (_pin, wire) => {
      dc = wire;
    },
    setExternal: () => {},
    read: () => 0,
  });
  board.attach(part);
  const send = (command: number, ...data: number[]): void => {
    dc?.driven?.(4, 0, us(0));
    board.exchangeSpi(Uint8Array.of(command));
    dc?.driven?.(4, 1, us(0));
    board.exchangeSpi(Uint8Array.from(data));
  };
  return { part, send };
}

t.test('pixels fill the window row by row', async (t) => {
  const { part, send } = make();
  send(0x2a, 0, 2, 0, 3);
  send(0x2b, 0, 5, 0, 6);
  send(0x2c, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  t.same([part.pixel(2, 5), part.pixel(3, 5), part.pixel(2, 6)], ['010203', '040506', '070809']);
});

t.test('pixels of 16 bits', async (t) => {
  const { part, send } = make();
  send(0x3a, 0x55);
  send(0x2c, 0xf8, 0x00, 0x07, 0xe0, 0x00, 0x1f);
  t.same([part.pixel(0, 0), part.pixel(1, 0), part.pixel(2, 0)], ['f80000', '00fc00', '0000f8']);
});

t.test('it is switched on and off, and its picture is a PNG in colour', async (t) => {
  const { part, send } = make();
  send(0x29);
  send(0x2c, 9, 8, 7);
  t.equal(part.look(), 'on, 1 pixels not black');
  const file = part.png();
  t.equal(file[25], 2, 'colour type');
  const length = new DataView(file.buffer, file.byteOffset).getUint32(33);
  t.same([...inflateSync(file.subarray(41, 41 + length)).subarray(0, 4)], [0, 9, 8, 7]);
  send(0x28);
  t.match(part.look(), 'off');
});
