/** The result numbers of a refused operation, as app/include/lwip/err.h of the firmware has them (not stock lwIP 1.4). */

export const ERR = {
  OK: 0,
  MEM: -1,
  BUF: -2,
  TIMEOUT: -3,
  RTE: -4,
  INPROGRESS: -5,
  VAL: -6,
  WOULDBLOCK: -7,
  ABRT: -8,
  RST: -9,
  CLSD: -10,
  CONN: -11,
  ARG: -12,
  USE: -13,
  IF: -14,
  ISCONN: -15,
} as const;

export type LwipErr = (typeof ERR)[keyof typeof ERR];
