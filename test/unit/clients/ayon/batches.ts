import type { EventBatch } from '../../../../src/clients/ayon/event-reader';

export async function all(batches: AsyncIterable<EventBatch>): Promise<EventBatch[]> {
  const found: EventBatch[] = [];
  for await (const batch of batches) {
    found.push(batch);
  }
  return found;
}

export const idsOf = (batches: readonly EventBatch[]): string[] =>
  batches.flatMap(({ events }) => events.map(({ id }) => id));
