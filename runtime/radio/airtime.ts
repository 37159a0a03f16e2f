/**
 * How long a frame occupies the channel. A simple model: one rate for data to one receiver, one for everything else, and for
 * each frame DIFS and the mean back-off before it and, to one receiver, SIFS and the acknowledgement behind it.
 * No collisions, no rate control, no aggregation. Numbers: IEEE 802.11-2016 chapters 16 (DSSS) and 18 (ERP-OFDM).
 */
import { type Micros, us } from '../core/index.ts';
import { isGroupMac, receiverOf } from '../wire/index.ts';

const SIFS = 10;
const SLOT = 9;
const DIFS = SIFS + 2 * SLOT;
/** Half of CWmin = 15 slots: what a sender alone on the channel waits on average. */
const MEAN_BACKOFF = Math.round((15 / 2) * SLOT);
/** Waiting before a frame may start. */
export const CHANNEL_ACCESS = us(DIFS + MEAN_BACKOFF);

const FCS_LENGTH = 4;
/** 802.11g at 54 Mbit/s: 216 bits in each symbol of 4 us, behind a preamble of 20 us; 6 us of silence end the frame. */
const OFDM_PREAMBLE = 20;
const OFDM_SYMBOL = 4;
const OFDM_SYMBOL_BITS = 216;
const OFDM_SERVICE_AND_TAIL_BITS = 22;
const OFDM_SIGNAL_EXTENSION = 6;
/** The acknowledgement: 14 bytes at 24 Mbit/s (96 bits a symbol) or, to a frame at 1 Mbit/s, at 1 Mbit/s. */
const ACK_AT_24 = OFDM_PREAMBLE + OFDM_SYMBOL * 2 + OFDM_SIGNAL_EXTENSION;
/** 1 Mbit/s with the long preamble: 8 us a byte. */
const DSSS_PREAMBLE = 192;
const DSSS_BYTE = 8;
const ACK_AT_1 = DSSS_PREAMBLE + 14 * DSSS_BYTE;

const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;

/** From the first bit to the last. Management and group-addressed frames go at 1 Mbit/s, data to one receiver at 54. */
export function airtime(frame: Uint8Array): Micros {
  const length = frame.length + FCS_LENGTH;
  if (!isFast(frame)) return us(DSSS_PREAMBLE + length * DSSS_BYTE);
  const symbols = Math.ceil((OFDM_SERVICE_AND_TAIL_BITS + length * 8) / OFDM_SYMBOL_BITS);
  return us(OFDM_PREAMBLE + symbols * OFDM_SYMBOL + OFDM_SIGNAL_EXTENSION);
}

/** What the acknowledgement adds behind the frame; 0 for group-addressed frames, which have none. */
export function acknowledgementTime(frame: Uint8Array): Micros {
  if (isGroupMac(receiverOf(frame))) return us(0);
  return us(SIFS + (isFast(frame) ? ACK_AT_24 : ACK_AT_1));
}

const isFast = (frame: Uint8Array): boolean =>
  ((frame[0] ?? 0) & TYPE_MASK) === TYPE_DATA && !isGroupMac(receiverOf(frame));
