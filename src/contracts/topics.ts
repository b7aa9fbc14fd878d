/** What we listen to on both sides, and what of it is noise. No imports. */

/** ftrack topics that start event workflows. */
export const FTRACK_TOPICS = ['ftrack.update'] as const;

/** Topics of the hub's own housekeeping; a lenient server may send them along. */
export const META_TOPIC_PREFIX = 'ftrack.meta.';

/** Legacy entity types that repeat other changes or belong to the web interface; an event of only these is dropped. */
export const NOISE_ENTITY_TYPES = ['socialfeed', 'socialnotification', 'team'] as const;

/** Custom attributes by which the product itself marks pairs in ftrack. */
export const PAIR_ATTRIBUTES = ['ayon_id', 'ayon_path', 'ayon_sync_failed'] as const;

/** Token on our own ftrack writes, by which their events are recognised. */
export const clientToken = (install: string): string => `ayon-ftrack/${install}`;
