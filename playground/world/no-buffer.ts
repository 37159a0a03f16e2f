/** Stands in for Node's module of that name, which dns-packet asks for and does not need where there is none. */
export const Buffer = undefined;
