import { z } from 'zod';

const Row = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((row) => row ?? {});

/** What ftrack's webhooks send (ftrack-protocol 5.3): modern attribute names, whole rows, no deletions. */
export const FtrackWebhook = z.object({
  id: z.string().min(1).max(100),
  metadata: z.object({
    /** Who did it. */
    resource_id: z.string().nullish(),
    server_url: z.string(),
  }),
  entity: z.object({
    id: z.array(z.string()).length(1),
    entity_type: z.string(),
    operation: z.string(),
    new: Row,
    old: Row,
  }),
});
export type FtrackWebhook = z.infer<typeof FtrackWebhook>;
