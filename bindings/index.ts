/** The Lua modules scripts see. */
export * from './nodemcu/index.ts';
