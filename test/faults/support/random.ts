/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number;

export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const pick = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) {
    throw new Error('There is nothing to pick from.');
  }
  return item;
};

/** How many items are busy ones. */
const BUSY = 3;

/** Every other time one of the first few, so that these are picked again and again. */
export const pickOften = <Item>(items: readonly Item[], random: Random): Item =>
  pick(random() < 0.5 ? items.slice(0, BUSY) : items, random);
